package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.consistency.Version;
import io.muster.member.NodeId;
import java.util.Optional;

/** What observers see that readers do not. */
public final class Peek {

    private Peek() {}

    /** The version of whatever stands under the key, a tombstone as well. */
    public static Optional<Version> versionOf(Records<?> records, Key key) {
        return Optional.ofNullable(records.find(key)).map(entry -> entry.stamp().version());
    }

    /** The key is told to the sink again with its next renewal, whether it still waits there or not. */
    public static void forgetThatItWaits(Records<?> records, Key key) {
        LeasedRecord<?> record = records.findRecord(key);
        if (record != null) {
            record.passOnTaken();
        }
    }

    /** The member that a core awaits a part of the snapshot from. */
    public static Optional<NodeId> loadSource(DistroCore<?> core) {
        return core.loadSource();
    }
}
