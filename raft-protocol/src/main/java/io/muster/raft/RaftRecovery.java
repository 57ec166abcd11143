package io.muster.raft;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a start found on disk (R13).
 *
 * @param snapshotIndex of the snapshot that was loaded; empty if there was none
 * @param snapshotBytes its length
 * @param entriesRestored log entries that were read after the snapshot
 * @param term the restored term
 * @param tornBytes bytes of an unfinished write that were cut off the log's end; 0 after an orderly stop
 * @param warnings what an operator should know, one line each
 * @param durationMillis from the call of start until the state was restored and the node took part
 */
public record RaftRecovery(
        OptionalLong snapshotIndex,
        long snapshotBytes,
        long entriesRestored,
        long term,
        long tornBytes,
        List<String> warnings,
        long durationMillis) {

    public RaftRecovery {
        warnings = List.copyOf(warnings);
    }
}
