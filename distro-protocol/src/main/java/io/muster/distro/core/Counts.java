package io.muster.distro.core;

/**
 * The core in numbers, at one moment.
 *
 * @param loaded whether this node counts as loaded
 * @param readable whether what this node holds may be shown: it is loaded, or loads anew and has run on meanwhile, so that it lacks no more than others do (R50)
 * @param shunned whether there are loaded members, and none lists this node, so that it waits
 * @param loadProgress 0 to 1
 * @param warmingUp whether lists may be short after a cold start
 * @param warmUpEndsNanos lease time at which they no longer are
 * @param removalsHeld whether the expiry guard holds removals back
 * @param disputed whether members disagree about who is responsible for what
 * @param groups with a visible record
 * @param responsibleGroups those of them for which this node is responsible
 * @param records visible ones
 * @param ownSessions those of them behind which there is a client, and for which this node is responsible
 * @param unhealthy those of them that are UNHEALTHY
 * @param expired kept, but not visible
 * @param tombstones of removed and expired records
 * @param digest over all that is visible; equal on two nodes exactly when they show the same (invariant {@code DigestHonest})
 * @param synced whether every member alive has acknowledged every change
 * @param renewalsWaiting renewals that are still to be passed on
 * @param totals since the start
 */
public record Counts(
        boolean loaded,
        boolean readable,
        boolean shunned,
        double loadProgress,
        boolean warmingUp,
        long warmUpEndsNanos,
        boolean removalsHeld,
        boolean disputed,
        int groups,
        int responsibleGroups,
        long records,
        long ownSessions,
        long unhealthy,
        long expired,
        long tombstones,
        long digest,
        boolean synced,
        int renewalsWaiting,
        Totals totals) {

    /**
     * What happened since the start.
     *
     * @param unhealthy records marked UNHEALTHY by this node
     * @param expired records marked EXPIRED by this node
     * @param revived records that a late renewal made HEALTHY again
     * @param staleRefused merged records that were older than what stood here
     * @param refuted marks of other members that this node's own beats contradicted
     * @param mismatches verify rounds led by this node that found a difference
     * @param collapsed times that a target had too many pending keys, and was left to digest repair
     * @param loadRetries times that another source of the snapshot had to be asked
     * @param takenOver changes carried out here in place of the responsible member (R52)
     * @param groupsGained groups that this node became responsible for
     * @param restamped renewals that could not be passed on and became data
     * @param asked sessions about which other members were asked
     * @param strangers messages from nodes with which no data is exchanged
     * @param clockAheadMillisMax by how much another member's clock was ahead at most; more than a second deserves a look
     */
    public record Totals(
            long unhealthy,
            long expired,
            long revived,
            long staleRefused,
            long refuted,
            long mismatches,
            long collapsed,
            long loadRetries,
            long takenOver,
            long groupsGained,
            long restamped,
            long asked,
            long strangers,
            long clockAheadMillisMax) {}
}
