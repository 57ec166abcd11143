package io.muster.naming.check.core;

import io.muster.naming.model.HealthChecker;

/**
 * How checks are paced; may change while they run.
 *
 * @param times so many of the last {@code 2 * times - 1} results flip health; cut to {@value Window#TIMES_MAX}
 * @param perSecondMax checks started in a second, of all targets together
 * @param silenceHeldMillis how long it may take this node to learn that it is cut off; no flip by silence comes sooner after its beginning
 */
public record CheckSettings(int times, Pace tcp, Pace http, Pace mysql, int perSecondMax, long silenceHeldMillis) {

    public static final int TIMES_MAX = Window.TIMES_MAX;

    public CheckSettings {
        if (times < 1 || perSecondMax < 1) {
            throw new IllegalArgumentException("must be positive: times " + times + ", perSecondMax " + perSecondMax);
        }
        if (silenceHeldMillis < 0) {
            throw new IllegalArgumentException("silence is not held for " + silenceHeldMillis + " ms");
        }
        times = Math.min(times, TIMES_MAX);
    }

    /**
     * Of one kind of check.
     *
     * @param maxMillis between two checks of a target that is as readers see it
     * @param minMillis between two of one that is in doubt; a second at most counts
     * @param factor how much of the smoothed time of an answer stays with a new one, 0 to 1
     * @param timeoutMillis after which a check has failed
     */
    public record Pace(long maxMillis, long minMillis, double factor, long timeoutMillis) {

        private static final long DOUBT_MILLIS_MAX = 1_000;

        public Pace {
            if (minMillis < 1 || maxMillis < minMillis || !(factor >= 0 && factor <= 1) || timeoutMillis < 1) {
                throw new IllegalArgumentException("no pace: max " + maxMillis + " ms, min " + minMillis
                        + " ms, factor " + factor + ", timeout " + timeoutMillis + " ms");
            }
        }

        long doubtMillis() {
            return Math.min(minMillis, DOUBT_MILLIS_MAX);
        }
    }

    /** The same where there is nobody to be cut off from: silence is believed as soon as there is enough of it. */
    public CheckSettings withoutHold() {
        return new CheckSettings(times, tcp, http, mysql, perSecondMax, 0);
    }

    /** How targets of that kind are checked; not of {@link HealthChecker.Type#NONE}. */
    public Pace of(HealthChecker.Type type) {
        return switch (type) {
            case TCP -> tcp;
            case HTTP -> http;
            case MYSQL -> mysql;
            case NONE -> throw new IllegalArgumentException("there is nothing to pace");
        };
    }
}
