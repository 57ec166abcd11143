package io.muster.member.health.core;

import java.util.OptionalLong;

/**
 * How far away a peer is, and how far its wall clock is off. The round trip is smoothed as TCP does it (RFC 6298). The skew comes from the
 * answer with the shortest round trip among the last few, the clock filter of NTP (RFC 5905 §10): delay on one way alone looks like skew.
 */
final class ClockEstimate {

    private static final int SAMPLES = 8;
    private static final int SMOOTHING = 8;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long[] roundTrips = new long[SAMPLES];
    private final long[] skews = new long[SAMPLES];
    private int sampleCount;
    private long smoothedNanos;

    /** @param peerWallMillis the peer's wall clock at some moment of the round trip, taken for its middle */
    void sample(long roundTripNanos, long peerWallMillis, long wallMillis) {
        int slot = sampleCount % SAMPLES;
        roundTrips[slot] = roundTripNanos;
        skews[slot] = peerWallMillis - (wallMillis - roundTripNanos / 2 / NANOS_PER_MILLI);
        smoothedNanos =
                sampleCount == 0 ? roundTripNanos : smoothedNanos + (roundTripNanos - smoothedNanos) / SMOOTHING;
        // Stays a small number, and goes on naming the slots in turn.
        sampleCount = sampleCount + 1 == 2 * SAMPLES ? SAMPLES : sampleCount + 1;
    }

    OptionalLong roundTripNanos() {
        return sampleCount == 0 ? OptionalLong.empty() : OptionalLong.of(smoothedNanos);
    }

    /** The peer's wall clock minus ours. */
    OptionalLong skewMillis() {
        if (sampleCount == 0) {
            return OptionalLong.empty();
        }
        int best = 0;
        for (int i = 1; i < Math.min(sampleCount, SAMPLES); i++) {
            if (roundTrips[i] < roundTrips[best]) {
                best = i;
            }
        }
        return OptionalLong.of(skews[best]);
    }
}
