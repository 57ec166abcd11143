package io.muster.distro.core;

/**
 * How a member deals with the others, as far as operators set it.
 *
 * @param syncDelayMillis a change waits so long for company before it goes out; 0 sends each at once
 * @param verifyIntervalMillis between two verify rounds with one peer. Longer: less traffic, and later repair
 * @param loadWaitMillis a node that finds nobody loaded serves after this (R49)
 * @param passOnTimeoutMillis a write that is passed on is taken over by the node at hand after this (R52)
 */
public record PeerLimits(
        long syncDelayMillis, long verifyIntervalMillis, long loadWaitMillis, long passOnTimeoutMillis) {

    public static final PeerLimits DEFAULTS = new PeerLimits(20, 5_000, 10_000, 500);

    public PeerLimits {
        LeaseLimits.requireWithin("syncDelayMillis", syncDelayMillis, 0, 60_000);
        LeaseLimits.requireWithin("verifyIntervalMillis", verifyIntervalMillis, 100, 3_600_000);
        LeaseLimits.requireWithin("loadWaitMillis", loadWaitMillis, 0, 3_600_000);
        LeaseLimits.requireWithin("passOnTimeoutMillis", passOnTimeoutMillis, 50, 60_000);
    }
}
