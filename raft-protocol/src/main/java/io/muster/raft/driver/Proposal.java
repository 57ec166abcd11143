package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import java.util.concurrent.CompletableFuture;

/** One command on its way through the log, and whoever waits for it. */
final class Proposal<C, R> {

    private final C command;
    private final byte[] bytes;
    private final long growthBytesMax;
    private final CompletableFuture<R> future = new CompletableFuture<>();

    /** If it is not in the log by then, it is refused. */
    private final long refuseAtNanos;

    /** If it is not applied by then, its outcome is unknown. */
    private final long deadlineNanos;

    Proposal(C command, byte[] bytes, long growthBytesMax, long refuseAtNanos, long deadlineNanos) {
        this.command = command;
        this.bytes = bytes;
        this.growthBytesMax = growthBytesMax;
        this.refuseAtNanos = refuseAtNanos;
        this.deadlineNanos = deadlineNanos;
    }

    C command() {
        return command;
    }

    byte[] bytes() {
        return bytes;
    }

    long growthBytesMax() {
        return growthBytesMax;
    }

    long refuseAtNanos() {
        return refuseAtNanos;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    CompletableFuture<R> future() {
        return future;
    }

    void succeed(R result) {
        future.complete(result);
    }

    void fail(ConsistencyException error) {
        future.completeExceptionally(error);
    }
}
