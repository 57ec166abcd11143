package io.muster.distro.core;

import io.muster.consistency.Origin;
import io.muster.consistency.Version;

/**
 * Draws versions. Their clock part: wall milliseconds in the upper 48 bits, a counter in the lower 16, which carries into the
 * milliseconds when it overflows. Every draw is greater than every draw and every observed stamp before it.
 *
 * <p>The wall clock is asked once, at the start; from then on only monotonic time and observed stamps move this clock, so a jump of the
 * wall clock orders nothing wrongly (design §5, "Versions"). What is observed moves its base: from the first frame on, clocks of members
 * that talk differ by no more than frames take, whatever their wall clocks say (X25). Durations never derive from it.
 *
 * <p>After Kulkarni et al., "Logical Physical Clocks" (2014), with one number for both parts.
 */
final class HybridClock {

    static final int COUNTER_BITS = 16;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Origin origin;
    private final long seedNanos;

    /** What this clock would show at {@link #seedNanos}; only grows. */
    private long baseMillis;

    /** The greatest stamp drawn or observed; never decreases. */
    private long last;

    private long aheadMillisMax;

    HybridClock(Origin origin, long wallMillis, long nowNanos) {
        this.origin = origin;
        this.baseMillis = Math.max(0, wallMillis);
        this.seedNanos = nowNanos;
    }

    Version.Hybrid next(long nowNanos) {
        last = now(nowNanos);
        return new Version.Hybrid(last, origin);
    }

    /**
     * The least version of this node's that is greater than the given one: for what repeats it, and must give way to whatever anybody has
     * decided since.
     */
    Version.Hybrid following(Version.Hybrid version) {
        last = Math.max(last, version.clock() + 1);
        return new Version.Hybrid(version.clock() + 1, origin);
    }

    /** What the next draw would show, at least. */
    long now(long nowNanos) {
        return Math.max(last + 1, millisAt(nowNanos) << COUNTER_BITS);
    }

    void observe(Version.Hybrid version, long nowNanos) {
        observe(version.clock(), nowNanos);
    }

    void observe(long clock, long nowNanos) {
        last = Math.max(last, clock);
        long aheadMillis = (clock >>> COUNTER_BITS) - millisAt(nowNanos);
        if (aheadMillis > 0) {
            aheadMillisMax = Math.max(aheadMillisMax, aheadMillis);
            baseMillis += aheadMillis;
        }
    }

    /** How long ago the stamp was drawn, as far as clocks agree; for judging what came late, never for leases. */
    long millisSince(Version.Hybrid version, long nowNanos) {
        return millisSince(version.clock(), nowNanos);
    }

    /** The same of the clock part alone. */
    long millisSince(long clock, long nowNanos) {
        return millisAt(nowNanos) - (clock >>> COUNTER_BITS);
    }

    /** By how much this clock was behind another's at most, when it met it. */
    long aheadMillisMax() {
        return aheadMillisMax;
    }

    private long millisAt(long nowNanos) {
        return baseMillis + (nowNanos - seedNanos) / NANOS_PER_MILLI;
    }
}
