package io.muster.naming.check.core;

import java.util.concurrent.TimeUnit;

/**
 * How many checks may start: a token bucket whose rate halves while most failures are void for want of time or files, and comes back by a twentieth a second (additive
 * increase, multiplicative decrease), so that a starved process gives its time to clients first.
 */
final class Budget {

    /** Slowed down, this many a second are made all the same. */
    private static final double RATE_MIN = 50;

    /** What is saved up at most: a tenth of a second's worth. */
    private static final double BURST_SECONDS = 0.1;

    /** Fewer void ones in a second say nothing of us. */
    private static final int VOIDS_MIN = 4;

    /** Nor does a smaller share of all results, passes among them: a tenth. */
    private static final int RESULTS_A_VOID_MAX = 10;

    private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private double rateMax;
    private double rate;
    private double tokens = 1;
    private long filledNanos;
    private long secondEndsNanos;
    private int passes;
    private int failures;
    private int voids;

    Budget(int perSecondMax, long nowNanos) {
        rateMax = perSecondMax;
        rate = perSecondMax;
        filledNanos = nowNanos;
        secondEndsNanos = nowNanos + TimeUnit.SECONDS.toNanos(1);
    }

    void perSecondMax(int perSecondMax) {
        boolean full = rate == rateMax;
        rateMax = perSecondMax;
        rate = full ? rateMax : Math.min(rate, rateMax);
    }

    long perSecond() {
        return Math.round(rate);
    }

    void passed() {
        passes++;
    }

    void failed(boolean isVoid) {
        failures++;
        voids += isVoid ? 1 : 0;
    }

    /**
     * Lets time pass.
     *
     * @return whether the rate was halved
     */
    boolean pass(long nowNanos) {
        tokens = Math.min(Math.max(1, rate * BURST_SECONDS), tokens + rate * (nowNanos - filledNanos) / SECOND_NANOS);
        filledNanos = nowNanos;
        if (nowNanos - secondEndsNanos < 0) {
            return false;
        }
        secondEndsNanos = nowNanos + TimeUnit.SECONDS.toNanos(1);
        boolean starved =
                voids >= VOIDS_MIN && voids * 2 >= failures && voids * RESULTS_A_VOID_MAX >= passes + failures;
        passes = 0;
        failures = 0;
        voids = 0;
        rate = starved ? Math.max(Math.min(RATE_MIN, rateMax), rate / 2) : Math.min(rateMax, rate + rateMax / 20);
        return starved;
    }

    boolean isLeft() {
        return tokens >= 1;
    }

    void take() {
        tokens -= 1;
    }
}
