package io.muster.member.health.core;

/**
 * The time during which this node could hear anybody: monotonic time without the gaps in which the process stood still (stopped, a long
 * collection, a machine asleep). Misses, deadlines and what others have said age by it.
 */
final class AwakeClock {

    private final long usualGapNanos;
    private final long standStillNanos;
    private long lastNanos;
    private long awakeNanos;

    /**
     * @param usualGapNanos between steps when all is well; counts as awake in a long gap, too
     * @param standStillNanos a longer gap is a stand-still
     */
    AwakeClock(long usualGapNanos, long standStillNanos, long nowNanos) {
        this.usualGapNanos = usualGapNanos;
        this.standStillNanos = standStillNanos;
        this.lastNanos = nowNanos;
    }

    /**
     * A step begins.
     *
     * @return for how long this node stood still before it; 0 if it did not
     */
    long step(long nowNanos) {
        long gap = nowNanos - lastNanos;
        lastNanos = nowNanos;
        long lost = gap > standStillNanos ? gap - usualGapNanos : 0;
        awakeNanos += gap - lost;
        return lost;
    }

    /** Takes back what the last step subtracted. */
    void countAnyway(long lostNanos) {
        awakeNanos += lostNanos;
    }

    /** Starts at 0. */
    long nanos() {
        return awakeNanos;
    }
}
