package io.muster.raft.storage;

import io.muster.raft.StateMachine.SnapshotSink;
import io.muster.raft.core.log.LogEntry;

/** Takes what recovery reads, in order: at most one snapshot that is sound, then the entries behind it. */
public interface Restorer {

    /** A snapshot begins; all that came before is void. */
    SnapshotSink snapshot(SnapshotMeta meta);

    /** There is no sound snapshot: the log holds everything; all that came before is void. */
    void noSnapshot();

    /** The next entry; one whose index is not above the last takes the place of that entry and all after it. Never at or below a commit. */
    void entry(LogEntry entry);

    /** The log ends at the index for now: entries behind it are void. */
    default void endsAt(long index) {}

    /** Entries up to the index are known to be committed. */
    void committed(long index);
}
