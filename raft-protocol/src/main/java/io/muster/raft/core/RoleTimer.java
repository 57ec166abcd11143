package io.muster.raft.core;

import static io.muster.raft.core.CoreState.NEVER;

/**
 * When this node starts an election, forgets its leader, or sends heartbeats, by its role. What an election is waited for is drawn for each anew (R12; Raft paper,
 * §5.2).
 */
final class RoleTimer {

    /** Shares of an election timeout that are waited for when the leader's process has ended: at least, and drawn on top. */
    private static final int GONE_WAIT_MIN_SHARE = 40;

    private static final int GONE_WAIT_DRAWN_SHARE = 4;

    private final CoreState node;
    private long dueNanos = NEVER;

    RoleTimer(CoreState node) {
        this.node = node;
    }

    /** {@link CoreState#NEVER} where it does not run. */
    long dueNanos() {
        return dueNanos;
    }

    boolean runs() {
        return dueNanos != NEVER;
    }

    boolean isDue() {
        return node.nowNanos >= dueNanos;
    }

    void stop() {
        dueNanos = NEVER;
    }

    /** Leaders: their side of the term knows when. */
    void setTo(long nanos) {
        dueNanos = nanos;
    }

    void awaitElection() {
        dueNanos = node.nowNanos + electionWaitNanos();
    }

    /** A round of pre-votes that fails is repeated sooner than an election, since it disturbs nobody. */
    void awaitPreVotes() {
        dueNanos = node.nowNanos + electionWaitNanos() / 2;
    }

    private long electionWaitNanos() {
        long timeout = node.timing.electionTimeoutNanos();
        return timeout + node.random.nextLong(timeout);
    }

    /**
     * Nobody waits for a leader whose process has ended. A little is waited, so that the others have heard of it as well, and drawn, so that not all stand at
     * once (decision 0053).
     */
    void leaderGone() {
        long timeout = node.timing.electionTimeoutNanos();
        dueNanos = node.nowNanos
                + timeout / GONE_WAIT_MIN_SHARE
                + node.random.nextLong(Math.max(1, timeout / GONE_WAIT_DRAWN_SHARE));
    }

    void emitWake() {
        if (runs()) {
            node.emit(new Effect.WakeAt(dueNanos));
        }
    }
}
