package io.muster.raft.storage;

import io.muster.raft.DamagedDataException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The file that keeps a {@link Belonging}: replaced as a whole by renaming, so that it is the old one or the new one. */
final class BelongingFile {

    private final DiskSteps disk;
    private Belonging current = Belonging.NOWHERE;
    private Belonging stored = Belonging.NOWHERE;

    /** Writes go one after the other. */
    private CompletableFuture<Void> last = DiskSteps.nothing();

    BelongingFile(DiskSteps disk) {
        this.disk = disk;
    }

    /** As stored, or on its way to the disk. */
    Belonging current() {
        return current;
    }

    /** As it would be found by a start now. */
    Belonging stored() {
        return stored;
    }

    /** Reads what is there, and ends a discarding that was interrupted. */
    CompletableFuture<Void> open() {
        return disk.size(StorageFiles.BELONGING).thenCompose(size -> {
            if (size < 0) {
                return DiskSteps.nothing();
            }
            return disk.read(StorageFiles.BELONGING, 0, Belonging.BYTES + 1).thenCompose(bytes -> {
                try {
                    current = Belonging.decode(bytes);
                    stored = current;
                } catch (IllegalArgumentException e) {
                    throw new DamagedDataException(StorageFiles.BELONGING, 0, String.valueOf(e.getMessage()));
                }
                return current.discard() ? discardLog() : DiskSteps.nothing();
            });
        });
    }

    /** Replaces it, durably. */
    CompletableFuture<Void> store(Belonging next) {
        current = next;
        byte[] bytes = next.encode();
        last = last.thenCompose(ignored -> disk.write(StorageFiles.BELONGING_TEMPORARY, 0, bytes))
                .thenCompose(ignored -> disk.sync(StorageFiles.BELONGING_TEMPORARY))
                .thenCompose(ignored -> disk.rename(StorageFiles.BELONGING_TEMPORARY, StorageFiles.BELONGING))
                .thenCompose(ignored -> disk.syncDirectory(StorageFiles.DIRECTORY))
                .thenRun(() -> stored = next);
        return last;
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
