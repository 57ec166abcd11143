package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.RaftPeer;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import io.muster.raft.core.membership.Configuration;
import java.util.List;
import java.util.Optional;

/** What the driver shows to other threads, swapped as a whole at the end of each turn; due times and contacts as points in time. */
record Published(
        RaftStatus.State state,
        String reason,
        boolean caughtUp,
        Optional<ClusterId> clusterId,
        RaftRole role,
        long term,
        Optional<NodeId> votedFor,
        Optional<NodeId> leader,
        long commitIndex,
        long appliedIndex,
        long firstIndex,
        long lastIndex,
        long lastTerm,
        long snapshotIndex,
        String digest,
        Optional<Configuration> group,
        List<Peer> peers,
        int formatInForce,
        int formatMax,
        String formatHeldBackBy,
        String wish,
        long bytesOnDisk,
        long setAsideBytes,
        long dueNanos) {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** @param contactNanos when it last answered; meaningful where matchIndex is not −1 */
    record Peer(
            NodeId nodeId,
            boolean voter,
            long matchIndex,
            long contactNanos,
            boolean caughtUp,
            int formatMax,
            long failedVotes,
            long failedBeats) {

        RaftPeer at(long nowNanos) {
            long contact = matchIndex < 0 ? -1 : Math.max(0, nowNanos - contactNanos) / NANOS_PER_MILLI;
            return new RaftPeer(nodeId, voter, matchIndex, contact, caughtUp, formatMax, failedVotes, failedBeats);
        }
    }

    RaftStatus at(NodeId node, long nowNanos) {
        long dueMillis = dueNanos == Long.MAX_VALUE ? -1 : Math.max(0, dueNanos - nowNanos) / NANOS_PER_MILLI;
        boolean leads = role == RaftRole.LEADER;
        List<NodeId> voters = group.map(Configuration::voters).orElse(List.of());
        return new RaftStatus(
                node,
                clusterId,
                state,
                reason,
                role,
                term,
                votedFor,
                leader,
                commitIndex,
                appliedIndex,
                firstIndex,
                lastIndex,
                lastTerm,
                snapshotIndex,
                digest,
                voters,
                group.map(Configuration::learners).orElse(List.of()),
                peers.stream().map(peer -> peer.at(nowNanos)).toList(),
                formatInForce,
                formatMax,
                formatHeldBackBy,
                Math.max(0, (voters.size() - 1) / 2),
                group.filter(Configuration::isJoint).isPresent(),
                wish,
                group.filter(Configuration::wishPaused).isPresent(),
                bytesOnDisk,
                setAsideBytes,
                leads ? -1 : dueMillis,
                leads ? dueMillis : -1);
    }
}
