package io.muster.raft.wire;

import io.muster.raft.core.snapshot.SnapshotHead;

/** How a member whose state is known to be wrong fetches the leader's (R15). It asks for piece after piece; what is lost it asks for again. */
public sealed interface RepairMessage {

    /**
     * Send me a piece of a snapshot.
     *
     * @param minIndex the snapshot must be as new as this
     * @param index of the snapshot of which the asker has the beginning; 0 if it has none
     * @param offset of the piece
     */
    record Ask(long minIndex, long index, long offset) implements RepairMessage {}

    /**
     * The answer, once there is such a snapshot.
     *
     * @param bytes not to be changed
     * @param last whether the snapshot ends with it
     */
    // The array is handed through without a copy, from the disk to the network and back.
    @SuppressWarnings("ArrayRecordComponent")
    record Piece(SnapshotHead head, long offset, byte[] bytes, boolean last) implements RepairMessage {}
}
