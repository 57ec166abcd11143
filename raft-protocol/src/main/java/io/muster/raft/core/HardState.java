package io.muster.raft.core;

import io.muster.member.NodeId;
import java.util.Optional;

/**
 * What a node must never forget (Raft paper, Figure 2, "persistent state"), with the commit index as a hint that shortens recovery.
 *
 * @param term never decreases
 * @param votedFor whom this node voted for in {@code term}; within a term it is set once
 * @param commitIndex a lower bound
 */
public record HardState(long term, Optional<NodeId> votedFor, long commitIndex) {

    public static final HardState INITIAL = new HardState(0, Optional.empty(), 0);
}
