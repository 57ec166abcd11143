package io.muster.distro.core;

/**
 * The time by which leases run: monotonic time less all that this process stood still for. While nobody here could receive a beat, no lease
 * grows older (design §5: "extends all leases by the gap"), and that costs one number rather than a walk over all leases.
 *
 * <p>The core alone advances it. Any thread may convert, also one that wakes from a pause before the core has taken its first step after it
 * and so knows of the pause: lease time runs ahead of the latest step by no more than a gap that is not yet a pause.
 */
final class LeaseClock {

    private final long standStillNanos;

    /** Never decreases. */
    private volatile long stoodStillNanos;

    /** Lease time at the latest step, plus {@link #standStillNanos}. A pause leaves it where it is, so the two need not be read as one. */
    private volatile long latestNanos;

    /** Monotonic time of the latest step. */
    private long lastStepNanos;

    LeaseClock(long standStillNanos, long nowNanos) {
        this.standStillNanos = standStillNanos;
        begin(nowNanos);
    }

    /** Counts gaps from now on: for the time before, in which no steps were expected. */
    void begin(long nowNanos) {
        lastStepNanos = nowNanos;
        latestNanos = nowNanos - stoodStillNanos + standStillNanos;
    }

    /**
     * @return how long the process stood still before this step, 0 if it did not
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the core's thread alone
    long step(long nowNanos) {
        long gapNanos = nowNanos - lastStepNanos;
        if (gapNanos < 0) {
            throw new IllegalStateException("monotonic time went back from " + lastStepNanos + " to " + nowNanos);
        }
        boolean stoodStill = gapNanos > standStillNanos;
        if (stoodStill) {
            stoodStillNanos = stoodStillNanos + gapNanos;
        }
        begin(nowNanos);
        return stoodStill ? gapNanos : 0;
    }

    long at(long monoNanos) {
        return Math.min(monoNanos - stoodStillNanos, latestNanos);
    }
}
