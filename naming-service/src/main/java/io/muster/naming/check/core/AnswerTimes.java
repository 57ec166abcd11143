package io.muster.naming.check.core;

import java.util.concurrent.TimeUnit;

/**
 * How long the checks of some targets take, in milliseconds: of each target that has had a result, the smoothed time, rounded up. A failed check counts with what it took, its
 * timeout at most.
 *
 * @param targets those that have had a result; without any all is 0
 * @param totalMillis of all of them together
 */
public record AnswerTimes(long targets, long bestMillis, long worstMillis, long totalMillis) {

    /** Of nobody. */
    public static final AnswerTimes NONE = new AnswerTimes(0, 0, 0, 0);

    private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    public AnswerTimes {
        boolean sane = targets == 0
                ? bestMillis == 0 && worstMillis == 0 && totalMillis == 0
                : targets > 0 && bestMillis >= 0 && worstMillis >= bestMillis && totalMillis >= worstMillis;
        if (!sane) {
            throw new IllegalArgumentException("no times of " + targets + " targets: best " + bestMillis + " ms, worst "
                    + worstMillis + " ms, in all " + totalMillis + " ms");
        }
    }

    static AnswerTimes of(long answerNanos) {
        long millis = (answerNanos + MILLI_NANOS - 1) / MILLI_NANOS;
        return new AnswerTimes(1, millis, millis, millis);
    }

    /** Of both. */
    public AnswerTimes plus(AnswerTimes other) {
        if (targets == 0 || other.targets == 0) {
            return targets == 0 ? other : this;
        }
        return new AnswerTimes(
                Math.addExact(targets, other.targets),
                Math.min(bestMillis, other.bestMillis),
                Math.max(worstMillis, other.worstMillis),
                Math.addExact(totalMillis, other.totalMillis));
    }

    /** Of one target on average, rounded up. */
    public long meanMillis() {
        return targets == 0 ? 0 : totalMillis / targets + (totalMillis % targets == 0 ? 0 : 1);
    }
}
