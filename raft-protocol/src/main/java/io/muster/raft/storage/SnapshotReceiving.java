package io.muster.raft.storage;

import io.muster.raft.StateMachine.SnapshotSink;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A snapshot that comes from another member piece by piece, into a file of its own: the bytes of the sender's file as they are. It counts only when it
 * was read as a whole and found sound; it gets its name when it takes the place of the state. Pieces that come while others are being stored wait for
 * their turn; the core bounds them.
 */
final class SnapshotReceiving {

    private final DiskSteps disk;
    private final Checksum checksum;
    private final DirectoryBudget budget;

    /** Ends with what was asked for last, however that ends. */
    private CompletableFuture<Void> turn = DiskSteps.nothing();

    private boolean stopped;

    SnapshotReceiving(DiskSteps disk, Checksum checksum, DirectoryBudget budget) {
        this.disk = disk;
        this.checksum = checksum;
        this.budget = budget;
    }

    /** Stores a piece when those before it are; offset 0 begins anew. The last one makes it whole, durable and checked. */
    CompletableFuture<Void> store(SnapshotHead head, long offset, byte[] bytes, boolean last) {
        budget.set(StorageFiles.SNAPSHOT_RECEIVED, offset + bytes.length);
        return inTurn(() -> write(head, offset, bytes, last));
    }

    private CompletableFuture<Void> inTurn(Supplier<CompletableFuture<Void>> step) {
        CompletableFuture<Void> done = turn.thenCompose(ignored -> stopped ? new CompletableFuture<>() : step.get());
        turn = done.handle((ignored, error) -> null);
        return done;
    }

    private CompletableFuture<Void> write(SnapshotHead head, long offset, byte[] bytes, boolean last) {
        String file = StorageFiles.SNAPSHOT_RECEIVED;
        budget.set(file, offset + bytes.length);
        CompletableFuture<Void> begun = offset == 0 ? disk.delete(file) : DiskSteps.nothing();
        CompletableFuture<Void> written = begun.thenCompose(ignored -> disk.write(file, offset, bytes));
        return last ? written.thenCompose(ignored -> disk.sync(file)).thenCompose(ignored -> check(head)) : written;
    }

    private CompletableFuture<Void> check(SnapshotHead head) {
        return SnapshotReading.check(disk, checksum, StorageFiles.SNAPSHOT_RECEIVED)
                .thenAccept(meta -> {
                    if (!meta.head().equals(head)) {
                        throw new IllegalArgumentException(
                                "it stands for " + meta + ", and " + head + " was announced");
                    }
                });
    }

    CompletableFuture<Void> drop() {
        return inTurn(() -> {
            budget.remove(StorageFiles.SNAPSHOT_RECEIVED);
            return disk.delete(StorageFiles.SNAPSHOT_RECEIVED);
        });
    }

    /** What waits for its turn is not stored any more, and nobody is told. */
    void stop() {
        stopped = true;
    }

    /**
     * Gives the whole snapshot its name, durably, and reads it.
     *
     * @return its length
     */
    CompletableFuture<Long> install(SnapshotHead head, Function<SnapshotMeta, SnapshotSink> sinks) {
        String file = StorageFiles.snapshot(head.index());
        budget.remove(StorageFiles.SNAPSHOT_RECEIVED);
        return disk.rename(StorageFiles.SNAPSHOT_RECEIVED, file)
                .thenCompose(ignored -> disk.syncDirectory(StorageFiles.DIRECTORY))
                .thenCompose(ignored -> new SnapshotReading(disk, checksum, file, sinks).read())
                .thenCompose(ignored -> disk.size(file));
    }
}
