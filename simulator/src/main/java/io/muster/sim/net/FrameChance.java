package io.muster.sim.net;

import io.muster.sim.TraceHash;

/**
 * The coins of one link. Each is a function of the link's seed, the number of the frame and what is asked, so that one kind of noise taken
 * away leaves the others' coins as they are.
 */
final class FrameChance {

    /** What a coin is for; the salt makes the coins of one frame different. */
    enum Use {
        DROP(0),
        DUPLICATE(1),
        REORDER(2),
        REPLAY(3),
        REPLAY_DELAY(4),
        TRUNCATE(5),
        TRUNCATE_TO(6),
        FLIP(7),
        FLIP_BIT(8),
        DELAY(9),
        SECOND_DELAY(10),
        HANDSHAKE(11);

        private final int salt;

        Use(int salt) {
            this.salt = salt;
        }
    }

    private static final double UNIT = 0x1.0p-53;

    private final long seed;

    FrameChance(long seed) {
        this.seed = seed;
    }

    boolean happens(double rate, long frame, Use use) {
        return rate > 0 && uniform(frame, use) < rate;
    }

    /** Evenly distributed from 0 to 1, without 1. */
    double uniform(long frame, Use use) {
        return (bits(frame, use) >>> 11) * UNIT;
    }

    /** Evenly distributed from 0 to the bound, without it. */
    int below(int bound, long frame, Use use) {
        return (int) (uniform(frame, use) * bound);
    }

    /** Distributed exponentially; the logarithm is the strict one, which is the same on every machine. */
    long exponential(long mean, long frame, Use use) {
        return mean == 0 ? 0 : (long) (-StrictMath.log(1 - uniform(frame, use)) * mean);
    }

    private long bits(long frame, Use use) {
        return TraceHash.mix(TraceHash.mix(seed + frame) ^ use.salt);
    }
}
