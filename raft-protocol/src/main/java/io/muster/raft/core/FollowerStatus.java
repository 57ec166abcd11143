package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.core.progress.Progress;

/**
 * What a leader knows of one other member, for people and for the wish policy.
 *
 * @param matchIndex up to where its log is known to be the leader's
 * @param contactNanos when it last answered
 * @param caughtUp whether it lags so little that it may vote
 */
public record FollowerStatus(
        NodeId node,
        boolean voter,
        Progress.State state,
        long matchIndex,
        long nextIndex,
        long contactNanos,
        boolean caughtUp) {}
