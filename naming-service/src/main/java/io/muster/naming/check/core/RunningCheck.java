package io.muster.naming.check.core;

import java.util.concurrent.TimeUnit;

/** A check under way; due at its deadline. */
final class RunningCheck extends Due {

    final long checkId;
    final Target target;

    /** As it was when the check began. */
    final Plan plan;

    final long startedNanos;
    final long timeoutNanos;

    /** Its time is over, and sockets have one more turn: an answer that is there already wins. */
    boolean overdue;

    RunningCheck(long checkId, Target target, long startedNanos, long timeoutMillis) {
        this.checkId = checkId;
        this.target = target;
        this.plan = target.seen.plan();
        this.startedNanos = startedNanos;
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        this.dueNanos = startedNanos + timeoutNanos;
    }
}
