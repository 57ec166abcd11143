package io.muster.distro;

import io.muster.consistency.Readiness;
import io.muster.distro.core.Counts.Totals;
import java.util.List;

/**
 * The engine at one moment, for operators and metrics; immutable.
 *
 * @param readiness whether it serves, and what it waits for otherwise
 * @param loadProgress 0 to 1; 1 once this node counts as loaded
 * @param digest over all that is visible, 16 hex digits; equal on nodes that show the same
 * @param groups with a visible record
 * @param responsibleGroups those of them for which this node is responsible
 * @param records visible ones
 * @param ownSessions those of them behind which there is a client, and for which this node is responsible
 * @param unhealthy those of them that are UNHEALTHY
 * @param expired no longer visible, kept for a late renewal
 * @param tombstones of what was removed or expired
 * @param coldStartHoldRemainingMillis how long lists are still held back, 0 when they are not
 * @param removalsHeld whether the expiry guard holds removals back
 * @param queuedChanges waiting for the engine's thread
 * @param unhealthyTotal records marked UNHEALTHY since the start
 * @param expiredTotal records marked EXPIRED since the start
 * @param revivedTotal records made HEALTHY again by a late renewal since the start
 * @param staleRefusedTotal records from peers that were older than what stood here, since the start
 * @param totals these and more, since the start
 * @param ringDisputed members disagree for a while about who is responsible for what
 * @param peers how this node stands with each of the others, in order of their ids
 */
public record DistroStatus(
        Readiness readiness,
        double loadProgress,
        String digest,
        int groups,
        int responsibleGroups,
        long records,
        long ownSessions,
        long unhealthy,
        long expired,
        long tombstones,
        long coldStartHoldRemainingMillis,
        boolean removalsHeld,
        int queuedChanges,
        long unhealthyTotal,
        long expiredTotal,
        long revivedTotal,
        long staleRefusedTotal,
        Totals totals,
        boolean ringDisputed,
        List<DistroPeer> peers) {

    public DistroStatus {
        peers = List.copyOf(peers);
    }

    public boolean ready() {
        return readiness.ready();
    }

    public boolean warmingUp() {
        return coldStartHoldRemainingMillis > 0;
    }
}
