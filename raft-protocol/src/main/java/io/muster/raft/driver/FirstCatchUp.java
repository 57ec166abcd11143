package io.muster.raft.driver;

import io.muster.raft.core.RaftCore;
import java.util.concurrent.CompletableFuture;

/**
 * Whether this node has been up to date once since it began with its group: it has led, or followed a leader up to its commit index. Losing the leader later changes
 * nothing (X15).
 */
final class FirstCatchUp {

    private final ClientRequests<?, ?> requests;
    private boolean reached;

    /** Whether it is being found out. */
    private boolean asking;

    FirstCatchUp(ClientRequests<?, ?> requests) {
        this.requests = requests;
    }

    boolean isReached() {
        return reached;
    }

    void reached() {
        reached = true;
    }

    /** This node begins anew in another group. */
    void beginAnew() {
        reached = false;
    }

    /** A linearizable read of this node's own tells whether it has come up to the leader's commit index. */
    void lookAfter(RaftCore core) {
        if (reached || asking || core.leader().isEmpty()) {
            return;
        }
        CompletableFuture<Void> barrier = new CompletableFuture<>();
        asking = requests.read(barrier);
        barrier.whenComplete((ignored, error) -> {
            asking = false;
            reached |= error == null;
        });
    }
}
