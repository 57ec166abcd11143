package io.muster.member.health.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The probe of one peer that is due in the current interval: sent, sent again at half time if unanswered (so that one lost frame is not yet a
 * miss), sent more often where there is news. Any answer in time makes the period a success, once.
 */
final class ProbePeriod {

    /** Probes of one period that wait for an answer; more news than that waits for the next period. */
    static final int ATTEMPTS_MAX = 4;

    /** A period begins anew for a stand-still this often; a node that stutters for good must judge nevertheless. */
    private static final int RENEWALS_MAX = 3;

    private final Deque<Attempt> attempts = new ArrayDeque<>();
    private long startNanos;
    private boolean answered;
    private boolean repeated;
    private int renewals;

    /** A probe on its way; times are monotonic, the clock's own. */
    record Attempt(long sequence, long sentNanos) {}

    /** Begins the next one. */
    void begin(long awakeNanos) {
        startNanos = awakeNanos;
        attempts.clear();
        answered = false;
        repeated = false;
        renewals = 0;
    }

    /** Begins the same one again after a stand-still; what was on its way proves nothing of the present. */
    boolean renew(long awakeNanos) {
        attempts.clear();
        if (answered || renewals == RENEWALS_MAX) {
            return false;
        }
        startNanos = awakeNanos;
        repeated = false;
        renewals++;
        return true;
    }

    void sent(long sequence, long nowNanos) {
        attempts.add(new Attempt(sequence, nowNanos));
    }

    boolean hasRoom() {
        return attempts.size() < ATTEMPTS_MAX;
    }

    /** Takes an answer; empty if no probe waits for it. */
    Optional<Attempt> match(long sequence) {
        Optional<Attempt> match = attempts.stream()
                .filter(attempt -> attempt.sequence() == sequence)
                .findFirst();
        match.ifPresent(attempts::remove);
        return match;
    }

    /** @return whether this is the first answer of the period */
    boolean succeed() {
        boolean first = !answered;
        answered = true;
        return first;
    }

    boolean answered() {
        return answered;
    }

    long startNanos() {
        return startNanos;
    }

    /** Whether it is time to send the probe again; true once a period. */
    boolean repeatNow(long awakeNanos, long intervalNanos) {
        if (answered || repeated || awakeNanos - startNanos < intervalNanos / 2) {
            return false;
        }
        repeated = true;
        return hasRoom();
    }
}
