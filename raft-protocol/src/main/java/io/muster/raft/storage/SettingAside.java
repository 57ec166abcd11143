package io.muster.raft.storage;

import io.muster.member.DataDirectory;
import io.muster.member.NodeId;
import io.muster.raft.DataSetAsideException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Moves damaged data out of the way and ends this node id (design §4, "Storage"). First the mark that this id is over becomes durable, then the rest is
 * done, and done again at the next start if it was interrupted. What was set aside before goes: one is kept.
 */
final class SettingAside {

    /** Bound on the text that says what was found. */
    private static final int REASON_BYTES_MAX = 4096;

    private final DiskSteps disk;
    private final NodeId node;
    private final BelongingFile belonging;
    private final DirectoryBudget budget;

    SettingAside(DiskSteps disk, NodeId node, BelongingFile belonging, DirectoryBudget budget) {
        this.disk = disk;
        this.node = node;
        this.belonging = belonging;
        this.budget = budget;
    }

    /** Whether this id is over: its data was set aside, or was to be. */
    boolean isOver() {
        return belonging.current().setAside().equals(Optional.of(node));
    }

    /** Ends what was begun; with the reason that was found then, if that is there. As {@link #run}. */
    <T> CompletableFuture<T> goOn() {
        String file = reasonFile();
        return disk.size(file)
                .thenCompose(length -> length <= 0
                        ? CompletableFuture.completedFuture("")
                        : disk.read(file, 0, (int) Math.min(length, REASON_BYTES_MAX))
                                .thenApply(bytes -> new String(bytes, StandardCharsets.UTF_8)))
                .thenApply(text -> text.indexOf('\0') >= 0 ? "" : text.strip())
                .thenCompose(reason -> run(reason.isEmpty() ? "it was found damaged before" : reason));
    }

    private String reasonFile() {
        return StorageFiles.setAside(node) + "/reason.txt";
    }

    /** Always fails, with a {@link DataSetAsideException} if all went well. */
    <T> CompletableFuture<T> run(String why) {
        String directory = StorageFiles.setAside(node);
        Optional<NodeId> before = belonging.current().setAside().filter(former -> !former.equals(node));
        KeptAside older = new KeptAside(disk, budget);
        return older.open(before)
                .thenCompose(ignored -> older.drop())
                .thenCompose(ignored -> belonging.store(belonging.current().setAside(node)))
                .thenCompose(ignored -> disk.write(reasonFile(), 0, (why + "\n").getBytes(StandardCharsets.UTF_8)))
                .thenCompose(ignored -> disk.sync(reasonFile()))
                .thenCompose(ignored -> belonging.logFiles())
                .thenCompose(files -> {
                    CompletableFuture<Void> moved = DiskSteps.nothing();
                    for (String file : files) {
                        String name = file.substring(StorageFiles.DIRECTORY.length());
                        moved = moved.thenCompose(ignored -> disk.rename(file, directory + name));
                    }
                    return moved;
                })
                .thenCompose(ignored -> disk.syncDirectory(directory))
                .thenCompose(ignored -> disk.syncDirectory(StorageFiles.DIRECTORY))
                .thenCompose(ignored -> disk.delete(DataDirectory.NODE_ID_FILE))
                .thenCompose(ignored -> disk.syncDirectory(""))
                .thenCompose(ignored -> CompletableFuture.failedFuture(new DataSetAsideException(directory, why)));
    }
}
