package io.muster.distro.core;

import io.muster.consistency.Origin;
import io.muster.consistency.Version;

/**
 * Draws versions. Their clock part: wall milliseconds in the upper 48 bits, a counter in the lower 16, which carries into the
 * milliseconds when it overflows. Every draw is greater than every draw and every observed stamp before it.
 *
 * <p>The wall clock is asked once, at the start; from then on only monotonic time and observed stamps move this clock, so a jump of the
 * wall clock orders nothing wrongly (design §5, "Versions"). Durations never derive from it.
 *
 * <p>After Kulkarni et al., "Logical Physical Clocks" (2014), with one number for both parts.
 */
final class HybridClock {

    static final int COUNTER_BITS = 16;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Origin origin;
    private final long seedWallMillis;
    private final long seedNanos;

    /** The greatest stamp drawn or observed; never decreases. */
    private long last;

    HybridClock(Origin origin, long wallMillis, long nowNanos) {
        this.origin = origin;
        this.seedWallMillis = Math.max(0, wallMillis);
        this.seedNanos = nowNanos;
    }

    Version.Hybrid next(long nowNanos) {
        last = Math.max(last + 1, millisAt(nowNanos) << COUNTER_BITS);
        return new Version.Hybrid(last, origin);
    }

    void observe(Version.Hybrid version) {
        last = Math.max(last, version.clock());
    }

    private long millisAt(long nowNanos) {
        return seedWallMillis + (nowNanos - seedNanos) / NANOS_PER_MILLI;
    }
}
