package io.muster.raft.storage;

import io.muster.member.port.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The next segment, preallocated: so that beginning it needs no room that a full disk may not have. It is made again as soon as it is used; when
 * there is no room it is tried again once a second.
 */
final class ReserveSegment {

    /** How long a full disk is left alone before the next try. */
    static final Duration RETRY = Duration.ofSeconds(1);

    private final DiskSteps disk;
    private final Time time;
    private final DirectoryBudget budget;
    private final StorageEvents events;
    private final LongSupplier snapshotRoom;
    private final int length;
    private State state = State.MISSING;
    private Optional<String> denial = Optional.empty();
    private Time.@Nullable Timer retry;

    /** Whether a full disk is being left alone until the retry. */
    private boolean resting;

    private enum State {
        MISSING,
        PREPARING,
        READY
    }

    /** @param snapshotRoom what must stay free of the directory's bound for the next snapshot */
    ReserveSegment(
            DiskSteps disk,
            Time time,
            DirectoryBudget budget,
            StorageEvents events,
            LongSupplier snapshotRoom,
            int length) {
        this.disk = disk;
        this.time = time;
        this.budget = budget;
        this.events = events;
        this.snapshotRoom = snapshotRoom;
        this.length = length;
    }

    boolean ready() {
        return state == State.READY;
    }

    boolean preparing() {
        return state == State.PREPARING;
    }

    int length() {
        return length;
    }

    /** What room was last wanted for in vain; empty once it was found. */
    Optional<String> denial() {
        return denial;
    }

    /** It has become a segment. */
    void used() {
        state = State.MISSING;
        budget.remove(StorageFiles.RESERVE);
    }

    /** A write succeeded: the disk is not full any more, or the reserve would say so. */
    void writeSucceeded() {
        if (state == State.READY) {
            denial = Optional.empty();
        }
    }

    /** Makes it, unless it is there or on its way. */
    void prepare() {
        if (state != State.MISSING || resting) {
            return;
        }
        if (!budget.allows(length + snapshotRoom.getAsLong())) {
            denial = Optional.of("log and snapshots have reached the bound of the data directory"
                    + " (server.data-dir-max-bytes); room is made by the next snapshot");
            tryAgain();
            events.boundReached();
            return;
        }
        state = State.PREPARING;
        budget.set(StorageFiles.RESERVE, length);
        CompletableFuture<Void> made = disk.allocate(StorageFiles.RESERVE, length)
                .thenCompose(ignored -> disk.sync(StorageFiles.RESERVE))
                .thenCompose(ignored -> disk.syncDirectory(StorageFiles.DIRECTORY));
        DiskSteps.finish(made, (ignored, error) -> made(error), events::failed);
    }

    private void made(@Nullable Throwable error) {
        if (error == null) {
            state = State.READY;
            denial = Optional.empty();
            events.roomMade();
        } else if (DiskSteps.isFull(error)) {
            state = State.MISSING;
            budget.remove(StorageFiles.RESERVE);
            retryLater(DiskSteps.cause(error));
        } else {
            events.failed(DiskSteps.cause(error));
        }
    }

    /** Something met a full disk: try again in a while, whatever it was. */
    void retryLater(Throwable error) {
        denial = Optional.of("the disk is full: " + error.getMessage());
        resting = true;
        tryAgain();
    }

    private void tryAgain() {
        if (retry == null) {
            retry = time.after(RETRY, () -> {
                retry = null;
                resting = false;
                prepare();
                events.roomMade();
            });
        }
    }

    void stop() {
        Time.Timer running = retry;
        if (running != null) {
            running.cancel();
        }
    }
}
