package io.muster.raft.storage;

import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data that was set aside last, as long as it is kept for inspection. It counts against the bound of the directory (X20), and goes when the node needs
 * the room.
 */
final class KeptAside {

    private static final Logger LOG = LoggerFactory.getLogger(KeptAside.class);

    private final DiskSteps disk;
    private final DirectoryBudget budget;
    private final List<String> files = new ArrayList<>();
    private String directory = "";

    KeptAside(DiskSteps disk, DirectoryBudget budget) {
        this.disk = disk;
        this.budget = budget;
    }

    /** Looks what there is of this node's. */
    CompletableFuture<Void> open(Optional<NodeId> formerNode) {
        if (formerNode.isEmpty()) {
            return DiskSteps.nothing();
        }
        directory = StorageFiles.setAside(formerNode.get());
        return disk.list(directory).thenCompose(names -> {
            CompletableFuture<Void> counted = DiskSteps.nothing();
            for (String name : names) {
                String file = directory + "/" + name;
                files.add(file);
                counted = counted.thenCompose(ignored -> disk.size(file))
                        .thenAccept(length -> budget.set(file, Math.max(0, length)));
            }
            return counted;
        });
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    long bytes() {
        long bytes = 0;
        for (String file : files) {
            bytes += budget.lengthOf(file);
        }
        return bytes;
    }

    /** What people should know of it. */
    Optional<String> notice() {
        return files.isEmpty()
                ? Optional.empty()
                : Optional.of(bytes() + " bytes that were set aside are kept in " + directory
                        + " for inspection; they count against server.data-dir-max-bytes, and go when room is needed");
    }

    /** Deletes it. */
    CompletableFuture<Void> drop() {
        if (files.isEmpty()) {
            return DiskSteps.nothing();
        }
        LOG.warn("What was set aside in {} is deleted: the room is needed", directory);
        CompletableFuture<Void> deleted = DiskSteps.nothing();
        for (String file : files) {
            budget.remove(file);
            deleted = deleted.thenCompose(ignored -> disk.delete(file));
        }
        files.clear();
        return deleted.thenCompose(ignored -> disk.syncDirectory(directory));
    }
}
