package io.muster.raft;

import io.muster.member.NodeId;

/**
 * One other member of the group, as this node knows it.
 *
 * @param voter whether it votes; else it is a learner
 * @param matchIndex up to where its log is known to be this node's; −1 where this node does not lead
 * @param lastContactMillis since when it has not answered; −1 where this node does not lead
 * @param caughtUp whether it lags so little that it may vote; false where this node does not lead
 * @param formatMax the newest format that it has announced to this node (R32); 0 if it has not
 * @param failedVotes how often it refused a vote to this run of the node, or did not answer
 * @param failedBeats how often it did not answer a heartbeat of this run of the node
 */
public record RaftPeer(
        NodeId nodeId,
        boolean voter,
        long matchIndex,
        long lastContactMillis,
        boolean caughtUp,
        int formatMax,
        long failedVotes,
        long failedBeats) {}
