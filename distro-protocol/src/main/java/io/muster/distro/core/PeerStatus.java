package io.muster.distro.core;

import io.muster.member.NodeId;

/**
 * How this node stands with another member.
 *
 * @param alive gets syncs and is asked
 * @param loaded says that it is loaded
 * @param pending keys of which it has not acknowledged the latest change
 * @param lastSyncNanos monotonic time of its latest acknowledgement; {@link #NEVER} if there was none
 * @param lastVerifyNanos monotonic time at which digests were last found equal, or made so; {@link #NEVER} if they never were
 * @param mismatches verify rounds that this node led with it and that found a difference
 */
public record PeerStatus(
        NodeId id,
        boolean alive,
        boolean loaded,
        int pending,
        long lastSyncNanos,
        long lastVerifyNanos,
        long mismatches) {

    public static final long NEVER = SyncTasks.NEVER;
}
