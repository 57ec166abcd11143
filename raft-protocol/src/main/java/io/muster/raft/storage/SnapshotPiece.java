package io.muster.raft.storage;

import io.muster.raft.core.snapshot.SnapshotHead;

/**
 * A piece of a saved snapshot, for another member.
 *
 * @param bytes not to be changed
 * @param last whether the snapshot ends with it
 */
// The array is handed through without a copy, from the disk to the network.
@SuppressWarnings("ArrayRecordComponent")
public record SnapshotPiece(SnapshotHead head, long offset, byte[] bytes, boolean last) {}
