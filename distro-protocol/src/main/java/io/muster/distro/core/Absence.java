package io.muster.distro.core;

import io.muster.consistency.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What this node has held since before it was away for so long that others may have forgotten removals that it never heard of (design §5,
 * "Tombstones"). Such a record is in doubt until another member is found to hold its key as well, or its client is heard of again: that it was heard
 * of just before it slept says nothing, while of a client that has beaten lately at a node that was merely cut off no removal can have been forgotten.
 *
 * <p>Empty but while a node loads anew.
 */
final class Absence<V> {

    /** When each was heard of last before, by key; only looked up, never walked. */
    private final Map<Key, Long> heardBefore = new LinkedHashMap<>();

    private boolean slept;

    /** @param nodeSlept whether this node ran nothing meanwhile, so that lease time stood still as well */
    void begin(Records<V> records, boolean nodeSlept) {
        slept = nodeSlept;
        heardBefore.clear();
        for (Group<V> group : records.allGroups()) {
            group.entries.forEach(entry -> {
                if (entry instanceof LeasedRecord<V> record) {
                    heardBefore.put(record.key(), record.lastSeenNanos());
                }
            });
        }
    }

    boolean doubts(LeasedRecord<V> record, Step<V> step) {
        Long before = heardBefore.get(record.key());
        return before != null
                && before == record.lastSeenNanos()
                && (slept || record.silentNanos(step.leaseNanos) >= record.removeAfterNanos());
    }

    /** Another member holds something under the key, however old: had it forgotten a removal, it would hold nothing. */
    void confirmed(Key key) {
        heardBefore.remove(key);
    }

    /** Tells what is still in doubt, which ends it. */
    List<LeasedRecord<V>> end(Records<V> records, Step<V> step) {
        List<LeasedRecord<V>> doubtful = new ArrayList<>();
        if (!heardBefore.isEmpty()) {
            for (Group<V> group : records.allGroups()) {
                group.entries.forEach(entry -> {
                    if (entry instanceof LeasedRecord<V> record && doubts(record, step)) {
                        doubtful.add(record);
                    }
                });
            }
        }
        heardBefore.clear();
        return doubtful;
    }
}
