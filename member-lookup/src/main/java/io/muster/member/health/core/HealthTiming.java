package io.muster.member.health.core;

import java.time.Duration;

/**
 * How members are probed (design §6).
 *
 * <p>A member that dies is SUSPICIOUS after at most {@code suspiciousAfter + 1} intervals and a tick, and DOWN after at most {@code downAfter + 1},
 * at least four, and a tick: others are asked meanwhile. Lower values find the dead sooner and suspect the slow more often.
 *
 * @param probeIntervalNanos from one probe of a member to the next, shorter while one that was DOWN comes back, and how long an answer may take; 10 ms
 *     to 60 s
 * @param suspiciousAfter so many probes in a row unanswered make a member SUSPICIOUS; at least 1
 * @param downAfter so many make it DOWN, if nobody else reaches it; more than {@code suspiciousAfter}, so that there is time to ask
 * @param upAfter so many answered in a row make it UP again; at least 1
 */
public record HealthTiming(long probeIntervalNanos, int suspiciousAfter, int downAfter, int upAfter) {

    private static final long INTERVAL_MIN_NANOS = Duration.ofMillis(10).toNanos();
    private static final long INTERVAL_MAX_NANOS = Duration.ofSeconds(60).toNanos();
    private static final int COUNT_MAX = 1_000;
    private static final int UP_AFTER = 3;

    /** Its last answer to another member is up to one interval old when a round begins, and the next round begins an interval later. */
    private static final long REACHED_FOR_MIN = 3;

    private static final int TICKS_PER_INTERVAL = 10;
    private static final int RETURN_PROBES_PER_INTERVAL = 10;
    private static final long TICK_MAX_NANOS = Duration.ofMillis(100).toNanos();

    /** 1000 ms, 2, 5, 3. Below what its construction checks, since fields are set in the order of the text. */
    public static final HealthTiming DEFAULTS = of(Duration.ofSeconds(1), 2, 5);

    public HealthTiming {
        if (probeIntervalNanos < INTERVAL_MIN_NANOS || probeIntervalNanos > INTERVAL_MAX_NANOS) {
            throw new IllegalArgumentException("the probe interval is 10 ms to 60 s: " + probeIntervalNanos + " ns");
        }
        if (suspiciousAfter < 1 || downAfter <= suspiciousAfter || downAfter > COUNT_MAX) {
            throw new IllegalArgumentException("members are DOWN after more misses than make them SUSPICIOUS, "
                    + COUNT_MAX + " at most: suspicious after " + suspiciousAfter + ", down after " + downAfter);
        }
        if (upAfter < 1 || upAfter > COUNT_MAX) {
            throw new IllegalArgumentException("members are UP again after 1 to " + COUNT_MAX + ": " + upAfter);
        }
    }

    /** With the usual three successes for a return. */
    public static HealthTiming of(Duration probeInterval, int suspiciousAfter, int downAfter) {
        return new HealthTiming(probeInterval.toNanos(), suspiciousAfter, downAfter, UP_AFTER);
    }

    /** How often the driver feeds a {@link Input.Tick}: fine enough to time probes to a tenth. */
    public long tickNanos() {
        return Math.min(probeIntervalNanos / TICKS_PER_INTERVAL, TICK_MAX_NANOS);
    }

    /** From an answer of a member that is coming back to its next probe: so that what was cut apart is whole again soon after it can be. */
    long returnIntervalNanos() {
        return probeIntervalNanos / RETURN_PROBES_PER_INTERVAL;
    }

    /** Who was away twice within this time comes and goes. */
    long flappingNanos() {
        return 2 * downNanos();
    }

    /** A longer gap between steps is time in which this node stood still: it heard nobody, and must hold that against nobody. */
    long standStillNanos() {
        return Math.max(3 * probeIntervalNanos / TICKS_PER_INTERVAL, 3 * tickNanos());
    }

    /** How long an address may go without anybody before it is DOWN. */
    long downNanos() {
        return downAfter * probeIntervalNanos;
    }

    /** How long it counts that another member has reached a suspect: less than a dead one takes to be found out. */
    long reachedForNanos() {
        return Math.max(downAfter - 1, REACHED_FOR_MIN) * probeIntervalNanos;
    }
}
