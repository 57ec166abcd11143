package io.muster.naming.check.core;

import java.util.concurrent.TimeUnit;

/**
 * Knows when this process itself was too slow to judge others (R72: a starved server flips nothing). A failure for want of an answer
 * counts only if nothing speaks against us: no gap between ticks while the check ran, and a control check of our own listener that was quick. A pass always
 * counts, and so does what the target itself tells, since no shortage of ours can make either.
 */
final class Starvation {

    /** Below this a stall is no stall. */
    static final long STALL_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What is shorter hardly makes anything later that has seconds. */
    static final long STANDSTILL_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A check lasts a few seconds and troubles at least a tenth of one each: enough for all that can overlap with it. */
    private static final int REMEMBERED = 64;

    private final long[] fromNanos = new long[REMEMBERED];
    private final long[] toNanos = new long[REMEMBERED];
    private final long[] severityNanos = new long[REMEMBERED];
    private int count;

    /** All of it so far. */
    private long stoodStillNanos;

    private boolean controlRuns;
    private long controlStartedNanos;

    /** The last control check said so, and holds until one is quick. */
    private boolean controlIsBad;

    private long badFromNanos;
    private long badSeverityNanos;

    /** How long the process may be away before a check of that timeout is void. */
    private static long bearable(long timeoutNanos) {
        return Math.max(STALL_MIN_NANOS, timeoutNanos / 4);
    }

    /** Nothing ran between the two. */
    void gap(long from, long to) {
        if (to - from > STALL_MIN_NANOS) {
            note(from, to, to - from);
        }
        if (to - from >= STANDSTILL_MIN_NANOS) {
            stoodStillNanos += to - from;
        }
    }

    /** A time that stands still with this process: whatever else here waits for seconds to pass has come no further either. */
    long awakeNanos(long nowNanos) {
        return nowNanos - stoodStillNanos;
    }

    void controlStarted(long nowNanos) {
        controlRuns = true;
        controlStartedNanos = nowNanos;
    }

    void controlEnded(long nowNanos, boolean passed) {
        if (!controlRuns) {
            return;
        }
        controlRuns = false;
        long tookNanos = nowNanos - controlStartedNanos;
        long severity = passed ? tookNanos : Long.MAX_VALUE;
        if (severity > STALL_MIN_NANOS) {
            badFromNanos = controlIsBad ? badFromNanos : controlStartedNanos;
            badSeverityNanos = controlIsBad ? Math.max(badSeverityNanos, severity) : severity;
            controlIsBad = true;
        } else if (controlIsBad) {
            controlIsBad = false;
            note(badFromNanos, nowNanos, badSeverityNanos);
        }
    }

    /** Whether a failure of a check that ran between the two says more of us than of its target. */
    boolean voids(long startedNanos, long endedNanos, long timeoutNanos) {
        long bearable = bearable(timeoutNanos);
        boolean controlHangs = controlRuns && endedNanos - controlStartedNanos > bearable;
        if (controlHangs || (controlIsBad && badSeverityNanos > bearable)) {
            return true;
        }
        int known = Math.min(count, REMEMBERED);
        for (int i = 0; i < known; i++) {
            if (severityNanos[i] > bearable && toNanos[i] - startedNanos > 0 && endedNanos - fromNanos[i] >= 0) {
                return true;
            }
        }
        return false;
    }

    private void note(long from, long to, long severity) {
        int at = count % REMEMBERED;
        fromNanos[at] = from;
        toNanos[at] = to;
        severityNanos[at] = severity;
        count = count + 1 == 2 * REMEMBERED ? REMEMBERED : count + 1;
    }
}
