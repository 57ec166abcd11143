package io.muster.raft.core.founding;

import io.muster.member.ClusterId;
import java.util.Optional;

/**
 * What a node is to founders and to those who look for a cluster.
 *
 * @param clusterId of the cluster that it has founded or joined, or to which the data belonged that was set aside
 * @param setAside whether its directory holds data that was set aside as damaged: it is not empty, never founds, and never counts as empty
 * @param voter whether its log says that it votes
 * @param voterCount of its group, as its log says; 0 where it says nothing
 * @param clientEntries whether its log or state holds anything that a client wrote
 */
public record Standing(
        Optional<ClusterId> clusterId, boolean setAside, boolean voter, int voterCount, boolean clientEntries) {

    /** Of a node whose directory is empty. */
    public static final Standing EMPTY = new Standing(Optional.empty(), false, false, 0, false);

    /** Whether it may found, and counts as empty for a founder. */
    public boolean isEmpty() {
        return clusterId.isEmpty() && !setAside;
    }

    /** Of a node that has just joined a cluster and knows nothing else of it. */
    public static Standing joined(ClusterId clusterId) {
        return new Standing(Optional.of(clusterId), false, false, 0, false);
    }
}
