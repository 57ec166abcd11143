package io.muster.distro.core;

/**
 * Settings of a core; fixed.
 *
 * @param leases bounds on leases, tombstones and the memory of removals
 * @param guard when a mass of removals is held back
 * @param peers how it deals with other members
 * @param coldStartHoldMillis how long lists may be held back after a start that found no data where there had been some
 * @param sessions which records are clients' sessions
 */
public record CoreConfig(
        LeaseLimits leases, GuardLimits guard, PeerLimits peers, long coldStartHoldMillis, SessionRule sessions) {

    public static final CoreConfig DEFAULTS =
            new CoreConfig(LeaseLimits.DEFAULTS, GuardLimits.DEFAULTS, PeerLimits.DEFAULTS, 15_000);

    /** Every record is a session. */
    public CoreConfig(LeaseLimits leases, GuardLimits guard, PeerLimits peers, long coldStartHoldMillis) {
        this(leases, guard, peers, coldStartHoldMillis, SessionRule.ALL);
    }
}
