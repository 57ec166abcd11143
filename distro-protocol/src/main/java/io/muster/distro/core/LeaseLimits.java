package io.muster.distro.core;

import io.muster.consistency.Lease;
import org.jspecify.annotations.Nullable;

/**
 * Bounds on leases, and on what is remembered of data that went.
 *
 * @param leaseMaxMillis longer lease times are cut to this (design §5: tombstones must outlive what they bury)
 * @param justRemovedMillis for so long after an explicit removal renewals count as in flight (R44), and longer where the lease was long; 0 switches
 *     that off
 * @param tombstoneMinMillis a tombstone lives at least so long, and longer where the lease was long
 * @param standStillMillis a longer gap between two steps means that the process stood still: leases are extended by it (X14). A lower
 *     figure extends leases whenever the machine is busy, a higher one lets short pauses count against the clients
 */
public record LeaseLimits(long leaseMaxMillis, long justRemovedMillis, long tombstoneMinMillis, long standStillMillis) {

    public static final LeaseLimits DEFAULTS = new LeaseLimits(3_600_000, 10_000, 600_000, 1_000);

    private static final long TOMBSTONE_GRACE_MILLIS = 60_000;
    private static final long DAY_MILLIS = 86_400_000;

    /** Who beats more rarely may be registered again by a beat that was in flight. */
    private static final long JUST_REMOVED_MAX_MILLIS = 60_000;

    public LeaseLimits {
        requireWithin("leaseMaxMillis", leaseMaxMillis, 1_000, DAY_MILLIS);
        requireWithin("tombstoneMinMillis", tombstoneMinMillis, 1_000, DAY_MILLIS);
        requireWithin("justRemovedMillis", justRemovedMillis, 0, tombstoneMinMillis);
        requireWithin("standStillMillis", standStillMillis, 5 * DistroCore.TICK_MILLIS, DAY_MILLIS);
    }

    /** For how long beats of what stood there count as in flight: two of its beat intervals, of which three make a healthy session. */
    long justRemovedMillis(@Nullable Entry<?> removed) {
        long twoBeats = removed instanceof LeasedRecord<?> record
                ? Math.min(2 * record.lease().unhealthyAfterMillis() / 3, JUST_REMOVED_MAX_MILLIS)
                : 0;
        return justRemovedMillis == 0 ? 0 : Math.max(justRemovedMillis, twoBeats);
    }

    /** How long what had this lease stays buried: longer than a copy of it can be under way, or held by a node that was cut off. */
    long tombstoneMillis(Lease lease) {
        return Math.max(tombstoneMinMillis, 2 * lease.removeAfterMillis() + TOMBSTONE_GRACE_MILLIS);
    }

    /** How long a removal of what was not there stays known: a copy may be held by a node that was cut off. */
    long tombstoneOfUnknownMillis() {
        return tombstoneMinMillis;
    }

    /**
     * How long what another member told of stays buried: as long as there, within what any lease here could bring about, and somewhat longer. Not its whole life
     * anew, or nodes that restart one after the other would keep it alive for ever.
     */
    long tombstoneOfToldMillis(long leftMillis) {
        long longest = Math.max(tombstoneMinMillis, 2 * leaseMaxMillis + TOMBSTONE_GRACE_MILLIS);
        return Math.min(leftMillis, longest) + tombstoneMinMillis / 10;
    }

    static void requireWithin(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be " + least + " to " + most + " milliseconds, is " + value);
        }
    }
}
