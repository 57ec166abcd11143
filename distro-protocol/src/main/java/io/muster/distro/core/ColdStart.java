package io.muster.distro.core;

import io.muster.distro.core.Effects.MarkerChange;
import io.muster.distro.core.Notice.WarmedUp;
import java.util.concurrent.TimeUnit;

/**
 * Knows whether the lists of this node may be falsely short because it lost its memory a moment ago (design §5, "Cold start"; X13), and keeps
 * the marker by which the next start will know. The marker stands while anything is visible, and through the whole of a warm-up, so that a
 * second crash in it is a cold start as well.
 */
final class ColdStart {

    private final long holdNanos;

    /** What the marker file is, or was asked to become. */
    private boolean marked;

    private boolean warmingUp;
    private long warmUpEndsNanos;

    ColdStart(long holdMillis) {
        this.holdNanos = TimeUnit.MILLISECONDS.toNanos(holdMillis);
    }

    /**
     * @param marker whether the marker stands
     * @param coldStart whether lists may be short
     */
    void loaded(boolean marker, boolean coldStart, Step<?> step) {
        marked = marker;
        warmingUp = coldStart && holdNanos > 0;
        warmUpEndsNanos = step.leaseNanos + holdNanos;
    }

    /** After every step. */
    void settle(long visibleCount, Step<?> step) {
        if (visibleCount > 0 && !marked) {
            marked = true;
            step.marker(MarkerChange.WRITE);
        }
    }

    /** Clears the marker on ticks only, so that an instance that comes and goes costs a bounded number of writes. */
    void tick(long visibleCount, Step<?> step) {
        if (warmingUp && step.leaseNanos - warmUpEndsNanos >= 0) {
            warmingUp = false;
            step.notice(new WarmedUp(visibleCount));
        }
        if (marked && visibleCount == 0 && !warmingUp) {
            marked = false;
            step.marker(MarkerChange.CLEAR);
        }
    }

    boolean warmingUp() {
        return warmingUp;
    }

    long warmUpEndsNanos() {
        return warmUpEndsNanos;
    }
}
