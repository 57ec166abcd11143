package io.muster.distro;

import io.muster.consistency.ConsistencyService;
import io.muster.distro.core.CoreConfig;
import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.LeaseLimits;
import io.muster.distro.core.PeerLimits;
import io.muster.distro.core.SessionRule;

/**
 * Settings of the engine; fixed while it runs. When a datum is UNHEALTHY or removed is its own lease's matter.
 *
 * @param leases bounds on leases, tombstones and the memory of removals
 * @param guard when a mass of removals is held back
 * @param peers how the engine deals with other members
 * @param coldStartHoldMillis how long lists may be held back after a start that found no data where there had been some; 0 switches that
 *     off. Long enough for every client to beat a few times
 * @param queuedChangesMax bound on changes that wait for the engine's thread (X17); at least one full batch
 * @param sessions which records are clients' sessions
 */
public record DistroConfig(
        LeaseLimits leases,
        GuardLimits guard,
        PeerLimits peers,
        long coldStartHoldMillis,
        int queuedChangesMax,
        SessionRule sessions) {

    public static final DistroConfig DEFAULTS =
            new DistroConfig(LeaseLimits.DEFAULTS, GuardLimits.DEFAULTS, PeerLimits.DEFAULTS, 15_000, 100_000);

    private static final long HOLD_MAX_MILLIS = 600_000;

    public DistroConfig {
        if (coldStartHoldMillis < 0 || coldStartHoldMillis > HOLD_MAX_MILLIS) {
            throw new IllegalArgumentException(
                    "coldStartHoldMillis must be 0 to " + HOLD_MAX_MILLIS + ", is " + coldStartHoldMillis);
        }
        if (queuedChangesMax < ConsistencyService.BATCH_CHANGES_MAX) {
            throw new IllegalArgumentException("queuedChangesMax must hold one batch of "
                    + ConsistencyService.BATCH_CHANGES_MAX + ", is " + queuedChangesMax);
        }
    }

    /** Every record is a session. */
    public DistroConfig(
            LeaseLimits leases, GuardLimits guard, PeerLimits peers, long coldStartHoldMillis, int queuedChangesMax) {
        this(leases, guard, peers, coldStartHoldMillis, queuedChangesMax, SessionRule.ALL);
    }

    public DistroConfig withLeases(LeaseLimits newLeases) {
        return new DistroConfig(newLeases, guard, peers, coldStartHoldMillis, queuedChangesMax, sessions);
    }

    public DistroConfig withGuard(GuardLimits newGuard) {
        return new DistroConfig(leases, newGuard, peers, coldStartHoldMillis, queuedChangesMax, sessions);
    }

    public DistroConfig withColdStartHoldMillis(long millis) {
        return new DistroConfig(leases, guard, peers, millis, queuedChangesMax, sessions);
    }

    public DistroConfig withPeers(PeerLimits newPeers) {
        return new DistroConfig(leases, guard, newPeers, coldStartHoldMillis, queuedChangesMax, sessions);
    }

    public DistroConfig withSessions(SessionRule newSessions) {
        return new DistroConfig(leases, guard, peers, coldStartHoldMillis, queuedChangesMax, newSessions);
    }

    CoreConfig core() {
        return new CoreConfig(leases, guard, peers, coldStartHoldMillis, sessions);
    }
}
