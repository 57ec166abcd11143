package io.muster.naming.check.core;

import org.jspecify.annotations.Nullable;

/**
 * What the core knows of one instance that it checks. It is in one lane's heap, waits for its host, is being checked, or is dropped. Its due
 * time is when it should be checked next.
 */
final class Target extends Due {

    final TargetId id;
    Seen seen;

    final Window window = new Window();

    /** The last result that counted contradicts what readers see: it is looked at again soon. */
    boolean inDoubt;

    /** Whether the last result that counted was a pass; meaningless until one did. */
    boolean lastPassed;

    boolean hasResult;

    /** When, in awake time, the first of the silent checks of the window began; meaningless while it has none. */
    long firstSilentAwakeNanos;

    /** How often this node had been cut off when the window was added to last. */
    long cuts;

    /** What the last flip asked for and no reader has seen yet. */
    @Nullable
    Boolean asked;

    long askedNanos;

    /** Of the sight of its service in which it was seen last. */
    long round;

    /** Smoothed time of an answer. */
    long answerNanos;

    /** Failures that counted, one after another, since this node checks it. */
    int failuresInARow;

    /** When the first check began since which all results that counted are failures; meaningless while the last one was a pass, or none did. */
    long failingFromNanos;

    @Nullable
    RunningCheck running;

    /** Since when, as this node saw it, it is shown as unhealthy by one and the same verdict; meaningless while it is shown healthy. */
    long unhealthyFromNanos;

    /** Checks that could not be made, one after another. */
    int unmadeInARow;

    /** A place at its host is kept for it. Of {@link Hosts}. */
    boolean called;

    /** No longer wanted: passed over where it still waits. */
    boolean dropped;

    Target(TargetId id, Seen seen) {
        this.id = id;
        this.seen = seen;
    }

    /** Checks of one machine share a bound. */
    String host() {
        return seen.plan().host();
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
