package io.muster.naming.check.core;

/** What the driver is to do. */
public sealed interface CheckEffect {

    /** Begin a check; the core itself ends it when its time is over, by {@link Cancel}. */
    record Start(long checkId, Plan plan, long timeoutMillis) implements CheckEffect {}

    /** Let go of what a check holds; its result is no longer wanted. */
    record Cancel(long checkId) implements CheckEffect {}

    /** Write a verdict that differs from how the instance is registered. */
    record Flip(TargetId target, boolean healthy, String reason) implements CheckEffect {}

    /** Take the standing verdict away: the instance is as registered again. */
    record Clear(TargetId target, String reason) implements CheckEffect {}

    /** Delete an instance that has been unhealthy for too long. */
    record Delete(TargetId target, long unhealthyMillis) implements CheckEffect {}

    /** Tell the operator that checks are not trusted and slowed down, since this process is short of time; at most once a minute. */
    record Starved(long checksPerSecond) implements CheckEffect {}

    /** Tell the operator that there are more targets than are checked here; at most once a minute. */
    record TooManyTargets(long unchecked) implements CheckEffect {}
}
