package io.muster.member;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A node's data directory, opened by this process alone, with the identity that it gives: the node id that was drawn when the directory was
 * first used, and the run id of this start. An emptied directory is a new node (design §4, "Identity"), also where nothing but the id
 * was left in it.
 *
 * <p>Opening and closing block; they belong to the start and the end of the process.
 */
public final class DataDirectory implements AutoCloseable {

    /** The file in the directory that makes it the node that it is; without it the next opening draws a new node. */
    public static final String NODE_ID_FILE = "node.id";

    private final Path path;
    private final NodeIdentity identity;
    private final boolean fresh;
    private final Optional<NodeId> former;
    private final DirectoryLock lock;

    private DataDirectory(
            Path path, NodeIdentity identity, boolean fresh, Optional<NodeId> former, DirectoryLock lock) {
        this.path = path;
        this.identity = identity;
        this.fresh = fresh;
        this.former = former;
        this.lock = lock;
    }

    /**
     * Creates the directory if need be, locks it, and loads the node id or draws one.
     *
     * @param random draws ids; they must be unique in the world, so a secure source in production
     * @param memory names in the directory of which one at least is there from the node's first start on. Where none is, what the node promised under the
     *     id that is left is forgotten, and the id ends: one that went on would promise the contrary
     * @throws DataDirectoryException when it is locked, unusable or damaged; it is not locked then
     */
    public static DataDirectory open(Path directory, RandomGenerator random, Collection<String> memory)
            throws DataDirectoryException {
        Path path = directory.toAbsolutePath().normalize();
        try {
            createDurably(path);
            DirectoryLock lock = DirectoryLock.take(path);
            try {
                return open(path, random, memory, lock);
            } catch (IOException | DataDirectoryException failure) {
                lock.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw new DataDirectoryException.Unusable(path, describe(failure), failure);
        }
    }

    /** A loss of power must not take the directory's own name away from under what is acknowledged in it. */
    private static void createDurably(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null || Files.isDirectory(path)) {
            return;
        }
        createDurably(parent);
        Files.createDirectories(path);
        try (FileChannel names = FileChannel.open(parent, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private static DataDirectory open(Path path, RandomGenerator random, Collection<String> memory, DirectoryLock lock)
            throws IOException, DataDirectoryException {
        NodeIdFile idFile = new NodeIdFile(path);
        Optional<NodeId> stored = idFile.read();
        boolean remembers = memory.stream().anyMatch(name -> Files.exists(path.resolve(name)));
        Optional<NodeId> kept = stored.filter(id -> remembers);
        NodeId nodeId = kept.orElseGet(() -> NodeId.draw(random));
        if (kept.isEmpty()) {
            idFile.write(nodeId);
        }
        Optional<NodeId> former = kept.isEmpty() ? stored : Optional.empty();
        return new DataDirectory(path, new NodeIdentity(nodeId, random.nextLong()), kept.isEmpty(), former, lock);
    }

    /** Absolute. */
    public Path path() {
        return path;
    }

    /** The same node id at each opening, a run id of its own for each. */
    public NodeIdentity identity() {
        return identity;
    }

    /** Whether the node id was drawn by this opening: a new node. */
    public boolean fresh() {
        return fresh;
    }

    /** The node whose id was found alone, without anything that it remembers, and has ended with this opening. */
    public Optional<NodeId> former() {
        return former;
    }

    /** Lets others open the directory; idempotent. What uses files in it must be closed before. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static String describe(IOException failure) {
        if (failure instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (failure instanceof FileAlreadyExistsException file) {
            return file.getFile() + " is there, and is no directory";
        }
        if (failure instanceof FileSystemException named && named.getReason() != null) {
            return named.getReason() + " (" + named.getFile() + ")";
        }
        return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    }
}
