package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import java.util.List;
import java.util.Optional;

/** What the driver shows to other threads, swapped as a whole at the end of each turn; due times as points in time. */
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
        long snapshotIndex,
        String digest,
        List<NodeId> voters,
        long bytesOnDisk,
        long dueNanos) {

    private static final long NANOS_PER_MILLI = 1_000_000;

    RaftStatus at(NodeId node, long nowNanos) {
        long dueMillis = dueNanos == Long.MAX_VALUE ? -1 : Math.max(0, dueNanos - nowNanos) / NANOS_PER_MILLI;
        boolean leads = role == RaftRole.LEADER;
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
                snapshotIndex,
                digest,
                voters,
                bytesOnDisk,
                leads ? -1 : dueMillis,
                leads ? dueMillis : -1);
    }
}
