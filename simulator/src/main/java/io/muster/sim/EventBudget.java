package io.muster.sim;

import java.time.Duration;

/** Bound on events in a simulated minute; who exceeds it has a livelock or a message storm (invariant {@code EventBudget}). */
final class EventBudget {

    /** Far above what a busy cluster needs, and reached by an endless loop within a second or two of real time. */
    static final long EVENTS_PER_MINUTE_MAX = 5_000_000;

    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private long eventsPerMinuteMax = EVENTS_PER_MINUTE_MAX;
    private long minute = Long.MIN_VALUE;
    private long spent;

    void limit(long eventsPerMinute) {
        eventsPerMinuteMax = eventsPerMinute;
    }

    /** @throws AssertionError when this minute's events are used up */
    void spend(long nowNanos) {
        long current = Math.floorDiv(nowNanos, MINUTE_NANOS);
        if (current != minute) {
            minute = current;
            spent = 0;
        }
        spent++;
        if (spent > eventsPerMinuteMax) {
            throw new AssertionError("EventBudget: more than " + eventsPerMinuteMax + " events in simulated minute "
                    + minute + ": livelock or message storm");
        }
    }
}
