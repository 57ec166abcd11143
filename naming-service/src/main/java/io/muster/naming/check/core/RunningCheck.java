package io.muster.naming.check.core;

import java.util.concurrent.TimeUnit;

/** A check under way; due at its deadline. */
final class RunningCheck extends Due {

    /** For the number of a host; a later answer is there for the next check. */
    static final long NAME_NANOS = TimeUnit.SECONDS.toNanos(2);

    final long checkId;
    final Target target;

    /** As it was when the check began. */
    final Plan plan;

    long startedNanos;

    /** The same, less the time in which this process stood still. */
    long startedAwakeNanos;

    final long timeoutNanos;

    /** Its target's host is known by number; until then the time is that of name servers, not of the target. */
    boolean begun;

    /** Its time is over, and sockets have one more turn: an answer that is there already wins. */
    boolean overdue;

    RunningCheck(long checkId, Target target, long startedNanos, long startedAwakeNanos, long timeoutMillis) {
        this.checkId = checkId;
        this.target = target;
        this.plan = target.seen.plan();
        this.startedNanos = startedNanos;
        this.startedAwakeNanos = startedAwakeNanos;
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        this.begun = !plan.isNamed();
        this.dueNanos = startedNanos + (begun ? timeoutNanos : NAME_NANOS);
    }
}
