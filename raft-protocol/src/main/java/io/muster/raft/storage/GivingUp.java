package io.muster.raft.storage;

import io.muster.member.ClusterId;
import io.muster.member.DataDirectory;
import io.muster.member.NodeId;
import io.muster.raft.DataGivenUpException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Throws log and snapshots away and ends this node id, so that the node can go to another cluster: what it promised under this id must not be forgotten
 * under it. First the mark that this id is over becomes durable, then the rest is done, and done again at the next start if it was interrupted.
 */
final class GivingUp {

    private final DiskSteps disk;
    private final NodeId node;
    private final BelongingFile belonging;

    GivingUp(DiskSteps disk, NodeId node, BelongingFile belonging) {
        this.disk = disk;
        this.node = node;
        this.belonging = belonging;
    }

    /** Whether this id is over: it was given up, or was to be. */
    boolean isOver() {
        return belonging.current().givenUp().equals(Optional.of(node));
    }

    /** Always fails, with a {@link DataGivenUpException} if all went well. */
    <T> CompletableFuture<T> run(ClusterId cluster) {
        return belonging
                .store(belonging.current().givingUpFor(cluster, node))
                .thenCompose(ignored -> belonging.discardLog())
                .thenCompose(ignored -> disk.delete(DataDirectory.NODE_ID_FILE))
                .thenCompose(ignored -> disk.syncDirectory(""))
                .thenCompose(ignored -> CompletableFuture.failedFuture(new DataGivenUpException(node, cluster)));
    }
}
