package io.muster.distro.core;

/** What is worth telling people; nothing depends on it. */
public sealed interface Notice {

    /** The process ran nothing for so long; all leases were extended by it (X14). */
    record StoodStill(long gapMillis) implements Notice {
        @Override
        public String toString() {
            return "stood still for " + gapMillis + " ms: all leases are extended by it";
        }
    }

    /** The expiry guard holds removals back, for {@link GuardLimits#maxMillis} at most. */
    record RemovalsHeld(long unhealthy, long records) implements Notice {
        @Override
        public String toString() {
            return "expiry guard: " + unhealthy + " of " + records + " records are unhealthy; removals wait";
        }
    }

    /** The expiry guard holds nothing back any more. */
    record RemovalsResumed() implements Notice {
        @Override
        public String toString() {
            return "expiry guard: removals go on";
        }
    }

    /** The time after a cold start in which lists may be short is over. */
    record WarmedUp(long records) implements Notice {
        @Override
        public String toString() {
            return "warmed up after a cold start: " + records + " records registered again";
        }
    }
}
