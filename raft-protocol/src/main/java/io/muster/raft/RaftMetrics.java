package io.muster.raft;

import io.muster.member.NodeId;

/**
 * Where the engine tells its figures (R27). Implementations must be quick and must not throw; all calls come from the engine's thread.
 * Gauges (term, role, indices, bytes) are read from {@link RaftStatus} instead.
 */
public interface RaftMetrics {

    /** For whoever does not measure. */
    RaftMetrics NONE = new RaftMetrics() {};

    /**
     * One batch is durable.
     *
     * @param entryCount entries in it; 0 for a batch that holds a term or vote only
     * @param bytes written
     * @param appendNanos from handing the write to the disk until it was done, waiting included
     * @param syncNanos from then until the sync was done
     */
    default void batchStored(int entryCount, long bytes, long appendNanos, long syncNanos) {}

    /** So many entries were applied in one step. */
    default void applied(int entryCount, long nanos) {}

    /** This node started an election. */
    default void electionStarted() {}

    /** Another leader than before is known, or none. */
    default void leaderChanged() {}

    default void snapshotSaved(long index, long bytes, long nanos) {}

    default void snapshotLoaded(long index, long bytes, long nanos) {}

    /** A snapshot was given up, to be tried again later. */
    default void snapshotAbandoned() {}

    /** Bytes of the commands that wait or are in flight. */
    default void queueBytes(long bytes) {}

    /** A write ended without success. */
    default void writeFailed(WriteFailure why) {}

    /** A listener threw. */
    default void listenerFailed() {}

    /** An inbound frame was malformed or of another cluster, and dropped. */
    default void frameRefused() {}

    /** A frame was refused, since it holds what is of a later format than this node reads (R32). */
    default void formatRefused() {}

    /** A member refused its vote to this node, or did not answer the request. */
    default void voteFailed(NodeId peer) {}

    /** A member did not answer a heartbeat of this node before the next one. */
    default void beatFailed(NodeId peer) {}

    /** This node's state differs from others' at an index (R15). */
    default void digestMismatch() {}

    /** A command was sent to the leader, or sent again. */
    default void forwarded(int count) {}

    /** Entries of a deposed leader lost to those of the majority (R29). */
    default void entriesDiscarded(long count) {}

    /** Why a write ended without success. */
    enum WriteFailure {
        NOT_READY,
        NO_LEADER,
        OVERLOADED,
        CONFLICT,
        OUTCOME_UNKNOWN
    }
}
