package io.muster.raft.storage;

import io.muster.member.port.Time;
import io.muster.raft.DamagedDataException;
import io.muster.raft.UnknownFormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps a {@link Belonging} in two files, one beside the log and one beside the node's id: rot in one of them costs nothing, and that the log's whole
 * directory is gone is known.
 *
 * <p>Both are written in place, one after the other, so that a full disk is no hindrance: a torn write leaves the other one, and nobody has been told yet of
 * what it was to say. What was stored stands in both.
 *
 * <p>At any time one of them at least is durable and whole, so that no loss of power tears both. While a process lives, that is the one that is not being
 * written. What a process finds may never have been synced, though it reads well: {@link #open} makes the one that is in doubt durable before anything else
 * is written.
 */
final class BelongingFile {

    /** When storing is tried again on a full disk; nothing that waits for it goes on meanwhile. */
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

    private final DiskSteps disk;
    private final Time time;
    private final DirectoryBudget budget;
    private Belonging current = Belonging.NOWHERE;
    private Belonging stored = Belonging.NOWHERE;
    private long revision;
    private boolean stopped;

    /** Why neither file could be read, if so. */
    private Optional<DamagedDataException> damage = Optional.empty();

    private final List<String> warnings = new ArrayList<>();

    /** Writes go one after the other. */
    private CompletableFuture<Void> last = DiskSteps.nothing();

    /** One of the two files, as it was found. */
    private record Copy(
            String file, String directory, Optional<Belonging.Stored> content, Optional<DamagedDataException> damage) {

        long revision() {
            return content.map(Belonging.Stored::revision).orElse(-1L);
        }
    }

    BelongingFile(DiskSteps disk, Time time, DirectoryBudget budget) {
        this.disk = disk;
        this.time = time;
        this.budget = budget;
    }

    /** As stored, or on its way to the disk. */
    Belonging current() {
        return current;
    }

    /** As it would be found by a start now. */
    Belonging stored() {
        return stored;
    }

    /** Why it is not known what was stored, if it is not; then {@link #current} says nothing. */
    Optional<DamagedDataException> damage() {
        return damage;
    }

    /** What was found and mended. */
    List<String> warnings() {
        return warnings;
    }

    /** From now on a full disk is a failure. */
    void stop() {
        stopped = true;
    }

    /** Reads what is there, makes both files say it, and ends a discarding that was interrupted. */
    CompletableFuture<Void> open() {
        return read(StorageFiles.BELONGING, StorageFiles.DIRECTORY)
                .thenCompose(first -> read(StorageFiles.BELONGING_COPY, "").thenCompose(second -> take(first, second)));
    }

    /**
     * @param first the one that is written first whenever something is stored
     * @param second written when the first one is durable
     */
    private CompletableFuture<Void> take(Copy first, Copy second) {
        boolean secondIsNewer = second.revision() > first.revision();
        Copy newer = secondIsNewer ? second : first;
        Copy older = secondIsNewer ? first : second;
        if (newer.content.isEmpty()) {
            return nothingReadable(first, second);
        }
        current = newer.content.get().belonging();
        stored = current;
        revision = newer.content.get().revision();
        older.damage.ifPresent(found ->
                warnings.add(found.found() + ", and was written anew: " + newer.file + " has all that it has to say"));
        return makeDurable(first, second)
                .thenCompose(ignored -> current.discard() ? discardLog() : DiskSteps.nothing());
    }

    private CompletableFuture<Void> nothingReadable(Copy first, Copy second) {
        Optional<DamagedDataException> found = first.damage.or(second::damage);
        if (found.isEmpty()) {
            return store(Belonging.NOWHERE);
        }
        return logFiles().thenCompose(files -> {
            if (second.damage.isEmpty() && files.isEmpty()) {
                // The very first start died before anything else was written.
                return store(Belonging.NOWHERE);
            }
            damage = found;
            return DiskSteps.nothing();
        });
    }

    /**
     * Makes both say the same, durably. The second one was written when the first was durable: it alone is in doubt unless the first is newer or damaged, and
     * then the first alone is. A sync does not do, since after one that failed the next finds nothing to do.
     *
     * <p>Where the first alone is there and tells nothing yet, no second one vouches for it: the very first start may have died before it was durable. It is
     * torn at no loss, but only as long as no second one can be torn with it.
     */
    private CompletableFuture<Void> makeDurable(Copy first, Copy second) {
        byte[] bytes = new Belonging.Stored(revision, current).encode();
        boolean agree = first.content.equals(second.content);
        boolean isTheVeryFirst =
                second.content.isEmpty() && second.damage.isEmpty() && current.equals(Belonging.NOWHERE);
        boolean secondIsInDoubt = first.content.isPresent() && !isTheVeryFirst && (agree || second.content.isEmpty());
        Copy doubtful = secondIsInDoubt ? second : first;
        Copy other = secondIsInDoubt ? first : second;
        last = writeAnew(doubtful, bytes).thenCompose(ignored -> agree ? DiskSteps.nothing() : writeAnew(other, bytes));
        return last;
    }

    /** Its name may be in doubt as well. */
    private CompletableFuture<Void> writeAnew(Copy copy, byte[] bytes) {
        return write(copy.file, copy.directory, bytes).thenCompose(ignored -> disk.syncDirectory(copy.directory));
    }

    private CompletableFuture<Copy> read(String file, String directory) {
        return disk.size(file).thenCompose(size -> {
            if (size < 0) {
                return CompletableFuture.completedFuture(new Copy(file, directory, Optional.empty(), Optional.empty()));
            }
            budget.set(file, size);
            return disk.read(file, 0, Belonging.Stored.BYTES_MAX).thenApply(bytes -> decode(file, directory, bytes));
        });
    }

    private static Copy decode(String file, String directory, byte[] bytes) {
        try {
            return new Copy(file, directory, Optional.of(Belonging.Stored.decode(bytes)), Optional.empty());
        } catch (UnknownFormatException e) {
            throw e.in(file);
        } catch (IllegalArgumentException e) {
            DamagedDataException found = new DamagedDataException(file, 0, String.valueOf(e.getMessage()));
            return new Copy(file, directory, Optional.empty(), Optional.of(found));
        }
    }

    /** Replaces it, durably, in both files. */
    CompletableFuture<Void> store(Belonging next) {
        current = next;
        revision++;
        byte[] bytes = new Belonging.Stored(revision, next).encode();
        last = last.thenCompose(ignored -> write(StorageFiles.BELONGING, StorageFiles.DIRECTORY, bytes))
                .thenCompose(ignored -> write(StorageFiles.BELONGING_COPY, "", bytes))
                .thenRun(() -> stored = next);
        return last;
    }

    private CompletableFuture<Void> write(String file, String directory, byte[] bytes) {
        return disk.write(file, 0, bytes)
                .handle((ignored, error) -> {
                    if (error == null) {
                        return synced(file, directory, bytes.length);
                    }
                    Throwable cause = DiskSteps.cause(error);
                    return DiskSteps.isFull(cause)
                            ? later(cause).thenCompose(again -> write(file, directory, bytes))
                            : CompletableFuture.<Void>failedFuture(cause);
                })
                .thenCompose(next -> next);
    }

    private CompletableFuture<Void> synced(String file, String directory, int length) {
        boolean fresh = budget.lengthOf(file) == 0;
        budget.set(file, length);
        CompletableFuture<Void> synced = disk.sync(file);
        return fresh ? synced.thenCompose(ignored -> disk.syncDirectory(directory)) : synced;
    }

    private CompletableFuture<Void> later(Throwable full) {
        CompletableFuture<Void> later = new CompletableFuture<>();
        time.after(AGAIN_AFTER, () -> {
            if (stopped) {
                later.completeExceptionally(full);
            } else {
                later.complete(null);
            }
        });
        return later;
    }

    /** Throws log and snapshots away; what is stored says so until it is done. */
    CompletableFuture<Void> discardLog() {
        return logFiles()
                .thenCompose(files -> {
                    CompletableFuture<Void> done = DiskSteps.nothing();
                    for (String file : files) {
                        done = done.thenCompose(ignored -> disk.delete(file));
                    }
                    return done;
                })
                .thenCompose(ignored -> disk.syncDirectory(StorageFiles.DIRECTORY))
                .thenCompose(ignored -> store(current.discarded()));
    }

    /** All that is there beside this file. */
    CompletableFuture<List<String>> logFiles() {
        return disk.list(StorageFiles.DIRECTORY).thenApply(names -> {
            List<String> files = new ArrayList<>();
            for (String name : names) {
                String file = StorageFiles.DIRECTORY + "/" + name;
                if (!file.equals(StorageFiles.BELONGING)) {
                    files.add(file);
                }
            }
            return files;
        });
    }
}
