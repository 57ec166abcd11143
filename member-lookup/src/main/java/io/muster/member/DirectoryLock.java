package io.muster.member;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The lock that keeps a data directory to one process: a lock of the operating system on the file {@code lock}, which ends with the process
 * however it ends. Beside it {@code lock.owner} names the holder, for people and for one case below.
 *
 * <p>A POSIX lock is lost as soon as its process closes <em>any</em> descriptor of the file. A second open in the same process must
 * therefore find out without opening {@code lock}: it reads {@code lock.owner}, which names a process by its id and start, so that
 * a process which got the id of a dead one is not taken for it.
 */
final class DirectoryLock implements AutoCloseable {

    private static final String LOCK_NAME = "lock";
    private static final String OWNER_NAME = "lock.owner";

    private final FileChannel channel;
    private final Path ownerFile;

    private DirectoryLock(FileChannel channel, Path ownerFile) {
        this.channel = channel;
        this.ownerFile = ownerFile;
    }

    static DirectoryLock take(Path directory) throws IOException, DataDirectoryException.Locked {
        Path ownerFile = directory.resolve(OWNER_NAME);
        String self = owner(ProcessHandle.current());
        if (self.equals(ownerIn(ownerFile))) {
            throw new DataDirectoryException.Locked(directory, "this process already (" + self + ")");
        }
        FileChannel channel =
                FileChannel.open(directory.resolve(LOCK_NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            // Two opens of one process at the very same moment: closing the channel would end the other's lock, so it
            // stays open.
            throw new DataDirectoryException.Locked(directory, "this process already (" + self + ")");
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
        if (lock == null) {
            channel.close();
            String holder = ownerIn(ownerFile);
            throw new DataDirectoryException.Locked(directory, holder == null ? "another process" : holder);
        }
        tell(ownerFile, self);
        return new DirectoryLock(channel, ownerFile);
    }

    /** Ends the lock; idempotent. */
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            try (channel) {
                Files.deleteIfExists(ownerFile);
            }
        }
    }

    private static void tell(Path ownerFile, String owner) {
        try {
            Files.writeString(ownerFile, owner);
        } catch (IOException untold) {
            // The lock itself is held; a full disk must not keep a node from starting.
        }
    }

    private static @Nullable String ownerIn(Path ownerFile) {
        try {
            return Files.readString(ownerFile).strip();
        } catch (IOException unknown) {
            return null;
        }
    }

    private static String owner(ProcessHandle process) {
        String start = process.info().startInstant().map(Instant::toString).orElse("an unknown time");
        return "process " + process.pid() + ", started at " + start;
    }
}
