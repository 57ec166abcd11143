package io.muster.raft.storage;

import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.membership.ConfigurationHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What recovery found.
 *
 * @param log indices and terms behind the snapshot
 * @param configurations that the snapshot and the log name
 * @param snapshotIndex of the snapshot that was loaded
 * @param entriesRestored that stand behind it
 * @param tornBytes that were cut off the end
 * @param warnings for the operator, one line each
 */
public record Recovered(
        HardState hardState,
        LogView log,
        ConfigurationHistory configurations,
        OptionalLong snapshotIndex,
        long snapshotBytes,
        long entriesRestored,
        long tornBytes,
        List<String> warnings) {

    public Recovered {
        warnings = List.copyOf(warnings);
    }

    /** With these warnings first. */
    Recovered with(List<String> notices) {
        List<String> all = new ArrayList<>(notices);
        all.addAll(warnings);
        return new Recovered(
                hardState, log, configurations, snapshotIndex, snapshotBytes, entriesRestored, tornBytes, all);
    }
}
