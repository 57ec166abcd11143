package io.muster.distro.core;

/**
 * When a mass of removals looks like our own fault rather than the clients' (design §5, "Expiry guard").
 *
 * @param share of this node's leases, 0 to 1; 1 switches the guard off. Lower: real mass deaths are removed late more often
 * @param minInstances up to so many removals are never a mass
 * @param windowMillis removals within this time count together
 * @param maxMillis the longest that removals wait
 */
public record GuardLimits(double share, int minInstances, long windowMillis, long maxMillis) {

    public static final GuardLimits DEFAULTS = new GuardLimits(0.3, 10, 15_000, 60_000);

    private static final long HOUR_MILLIS = 3_600_000;

    public GuardLimits {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be 0 to 1, is " + share);
        }
        if (minInstances < 0) {
            throw new IllegalArgumentException("minInstances must not be negative, is " + minInstances);
        }
        LeaseLimits.requireWithin("windowMillis", windowMillis, 1_000, HOUR_MILLIS);
        LeaseLimits.requireWithin("maxMillis", maxMillis, 0, HOUR_MILLIS);
    }
}
