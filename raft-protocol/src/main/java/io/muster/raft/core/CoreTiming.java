package io.muster.raft.core;

/**
 * The core's times. They do not depend on each other, but for one bound: none is there to make up for another that is badly set.
 *
 * @param heartbeatNanos between two heartbeats of a leader
 * @param electionTimeoutNanos least wait for a leader, up to twice that is drawn; for so long a node that heard a leader votes for nobody else
 * @param stepDownNanos a leader that no majority has answered for so long steps down (check-quorum, dissertation §6.2); longer than a heartbeat, since
 *     nobody answers a quiet leader sooner, and no leader would last
 * @param resendNanos what was not answered for so long counts as lost
 */
public record CoreTiming(long heartbeatNanos, long electionTimeoutNanos, long stepDownNanos, long resendNanos) {

    public CoreTiming {
        if (heartbeatNanos < 1 || electionTimeoutNanos < 2 || stepDownNanos < 1 || resendNanos < 1) {
            throw new IllegalArgumentException("times must be positive: " + heartbeatNanos + ", " + electionTimeoutNanos
                    + ", " + stepDownNanos + ", " + resendNanos);
        }
        if (stepDownNanos <= heartbeatNanos) {
            throw new IllegalArgumentException(
                    "a leader would step down after " + stepDownNanos + ", within a heartbeat of " + heartbeatNanos);
        }
    }

    /** Steps down after one election timeout, and resends after half of one. */
    public CoreTiming(long heartbeatNanos, long electionTimeoutNanos) {
        this(heartbeatNanos, electionTimeoutNanos, electionTimeoutNanos, Math.max(1, electionTimeoutNanos / 2));
    }
}
