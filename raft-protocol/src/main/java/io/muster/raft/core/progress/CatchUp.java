package io.muster.raft.core.progress;

/**
 * Whether a learner lags so little that it may vote (dissertation §4.2.1). Catching up is split into rounds: each replicates what the leader's log
 * held when the round began. The first round that takes less than an election timeout shows that the rest is small enough not to hold writes up
 * for longer than an election would.
 */
final class CatchUp {

    private final long roundNanosMax;

    /** Whether the last round that ended was short enough; false before any has ended. */
    private boolean lastWasShort;

    private boolean running = true;
    private long targetIndex;
    private long startNanos;

    CatchUp(long roundNanosMax, long lastIndex, long nowNanos) {
        this.roundNanosMax = roundNanosMax;
        this.targetIndex = lastIndex;
        this.startNanos = nowNanos;
    }

    /** The log has grown; a round begins if none runs. */
    void appended(long lastIndex, long nowNanos) {
        if (!running) {
            begin(lastIndex, nowNanos);
        }
    }

    /** The learner's log matches up to here. */
    void matched(long matchIndex, long lastIndex, long nowNanos) {
        if (!running || matchIndex < targetIndex) {
            return;
        }
        lastWasShort = nowNanos - startNanos < roundNanosMax;
        if (matchIndex < lastIndex || !lastWasShort) {
            begin(lastIndex, nowNanos);
        } else {
            running = false;
        }
    }

    /** Whether the last round was short, and the one that runs may still become so. */
    boolean isCaughtUp(long nowNanos) {
        return lastWasShort && (!running || nowNanos - startNanos < roundNanosMax);
    }

    private void begin(long lastIndex, long nowNanos) {
        running = true;
        targetIndex = lastIndex;
        startNanos = nowNanos;
    }
}
