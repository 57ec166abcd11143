package io.muster.distro.core;

/**
 * The core in numbers, at one moment.
 *
 * @param loaded whether this node counts as loaded
 * @param warmingUp whether lists may be short after a cold start
 * @param warmUpEndsNanos lease time at which they no longer are
 * @param removalsHeld whether the expiry guard holds removals back
 * @param groups with a visible record
 * @param responsibleGroups those of them for which this node is responsible
 * @param records visible ones
 * @param unhealthy those of them that are UNHEALTHY
 * @param expired kept, but not visible
 * @param tombstones of removed and expired records
 * @param digest over all that is visible; equal on two nodes exactly when they show the same (invariant {@code DigestHonest})
 * @param unhealthyTotal how often a record was marked UNHEALTHY since the start
 * @param expiredTotal how often a record was marked EXPIRED since the start
 * @param revivedTotal how often a late renewal made a record healthy again since the start
 * @param staleRefusedTotal how many merged records were older than what stood here, since the start
 */
public record Counts(
        boolean loaded,
        boolean warmingUp,
        long warmUpEndsNanos,
        boolean removalsHeld,
        int groups,
        int responsibleGroups,
        long records,
        long unhealthy,
        long expired,
        long tombstones,
        long digest,
        long unhealthyTotal,
        long expiredTotal,
        long revivedTotal,
        long staleRefusedTotal) {}
