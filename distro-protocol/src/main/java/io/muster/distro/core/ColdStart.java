package io.muster.distro.core;

import io.muster.distro.core.Effects.MarkerChange;
import io.muster.distro.core.Notice.WarmedUp;
import java.util.concurrent.TimeUnit;

/**
 * Knows whether the lists of this node may be falsely short because it lost its memory a moment ago (design §5, "Cold start"; X13), and keeps
 * the marker by which the next start will know. The marker stands while any session is visible, and through the whole of a warm-up, so that a
 * second crash in it is a cold start as well.
 */
final class ColdStart {

    /** Nobody is made to hold lists back for longer, whatever another member says. */
    private static final long MILLIS_MAX = TimeUnit.MINUTES.toMillis(10);

    private final long holdNanos;

    /** What the marker file is, or was asked to become. */
    private boolean marked;

    private boolean warmingUp;
    private long warmUpEndsNanos;

    ColdStart(long holdMillis) {
        this.holdNanos = TimeUnit.MILLISECONDS.toNanos(holdMillis);
    }

    /**
     * This node counts as loaded for the first time.
     *
     * @param marker whether the marker stands
     * @param foundData whether another member had any
     * @param sourceMillis for how long the lists of the member that it loaded from, or of all where there was none, may still be short
     */
    void loaded(boolean marker, boolean foundData, long sourceMillis, Step<?> step) {
        marked = marker;
        long millis = millisToCome(marker && !foundData, sourceMillis);
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        warmingUp = nanos > 0;
        warmUpEndsNanos = step.leaseNanos + nanos;
    }

    /**
     * For how long lists may be short after a load that finds nothing.
     *
     * @param lost whether this node held data that it lost
     * @param othersMillis the same of the others, as far as they have told
     */
    long millisToCome(boolean lost, long othersMillis) {
        long own = lost ? TimeUnit.NANOSECONDS.toMillis(holdNanos) : 0;
        return Math.max(own, Math.min(othersMillis, MILLIS_MAX));
    }

    /** How long lists may still be short, for a member that loads from here; 0 when they are not. */
    long millisLeft(Step<?> step) {
        return warmingUp ? Math.max(1, TimeUnit.NANOSECONDS.toMillis(warmUpEndsNanos - step.leaseNanos)) : 0;
    }

    /** After every step. */
    void settle(long sessionCount, Step<?> step) {
        if ((sessionCount > 0 || warmingUp) && !marked) {
            marked = true;
            step.marker(MarkerChange.WRITE);
        }
    }

    /** Clears the marker on ticks only, so that an instance that comes and goes costs a bounded number of writes. */
    void tick(long sessionCount, Step<?> step) {
        if (warmingUp && step.leaseNanos - warmUpEndsNanos >= 0) {
            warmingUp = false;
            step.notice(new WarmedUp(sessionCount));
        }
        if (marked && sessionCount == 0 && !warmingUp) {
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
