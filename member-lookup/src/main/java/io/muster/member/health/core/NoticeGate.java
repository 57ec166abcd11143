package io.muster.member.health.core;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Bounds how much people are told: so many notices a minute in all, and what would repeat itself once a period for each subject. */
final class NoticeGate {

    static final int NOTICES_PER_MINUTE_MAX = 600;
    static final long REPEAT_AFTER_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int SUBJECTS_MAX = 1_000;
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Map<String, Long> toldNanos = new LinkedHashMap<>();
    private long minute = Long.MIN_VALUE;
    private int toldInMinute;
    private long suppressed;

    /** Whether to tell what happened just now. */
    boolean opensFor(long nowNanos) {
        long current = Math.floorDiv(nowNanos, MINUTE_NANOS);
        if (current != minute) {
            minute = current;
            toldInMinute = 0;
        }
        if (toldInMinute == NOTICES_PER_MINUTE_MAX) {
            suppressed++;
            return false;
        }
        toldInMinute++;
        return true;
    }

    /** Whether to tell what goes on and on; keeping silent about it is not counted. */
    boolean opensAgainFor(Notice notice, long nowNanos) {
        String key = notice.kind() + " " + notice.subject();
        Long before = toldNanos.get(key);
        if (before != null && nowNanos - before < REPEAT_AFTER_NANOS) {
            return false;
        }
        toldNanos.remove(key);
        if (toldNanos.size() == SUBJECTS_MAX) {
            toldNanos.remove(toldNanos.keySet().iterator().next());
        }
        toldNanos.put(key, nowNanos);
        return opensFor(nowNanos);
    }

    long suppressed() {
        return suppressed;
    }
}
