package io.muster.member.port;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What {@link FileDisk} does to files, blocking: plain NIO under one root. Belongs to the I/O thread. */
final class DiskFiles {

    /** The JDK keeps a direct buffer as large as the largest transfer of a thread; this keeps it small. */
    private static final int TRANSFER_BYTES_MAX = 1 << 20;

    private final Path root;
    private final OpenFiles open = new OpenFiles();

    DiskFiles(Path root) {
        this.root = root;
    }

    List<String> list(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(directory), Files::isRegularFile)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return List.of();
        }
        names.sort(null);
        return List.copyOf(names);
    }

    long size(String file) throws IOException {
        try {
            return Files.size(root.resolve(file));
        } catch (NoSuchFileException absent) {
            return -1;
        }
    }

    byte[] read(String file, long offset, int length) throws IOException {
        FileChannel channel = existing(file).channel();
        long there = Math.max(0, channel.size() - offset);
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, there));
        while (bytes.hasRemaining()) {
            ByteBuffer part = bytes.slice(bytes.position(), Math.min(bytes.remaining(), TRANSFER_BYTES_MAX));
            int count = channel.read(part, offset + bytes.position());
            if (count < 0) {
                throw new IOException("ends at " + (offset + bytes.position()) + ", before its length");
            }
            bytes.position(bytes.position() + count);
        }
        return bytes.array();
    }

    /**
     * Zeros are really written and forced, so that later syncs need not change the file system's metadata. What the device has no room for is
     * refused beforehand: filling it up first would hurt everybody else on it.
     */
    void allocate(String file, long length) throws IOException {
        OpenFiles.OpenFile target = existingOrNew(file);
        long before = target.channel().size();
        long growth = Math.max(0, length - before);
        if (growth > usableBytes(file)) {
            throw new NoRoomException("No space left on device for " + growth + " bytes");
        }
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(TRANSFER_BYTES_MAX, growth));
        try {
            for (long at = before; at < length; at += zeros.capacity()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), length - at));
                transfer(target.channel(), zeros, at);
            }
            target.force();
        } catch (IOException failure) {
            giveBack(target.channel(), before, failure);
            throw explained(failure, file, growth);
        }
    }

    void write(String file, long offset, byte[] bytes) throws IOException {
        OpenFiles.OpenFile target = existingOrNew(file);
        long growth = Math.max(0, offset + bytes.length - target.channel().size());
        target.markUnsynced();
        try {
            for (int at = 0; at < bytes.length; at += TRANSFER_BYTES_MAX) {
                int count = Math.min(TRANSFER_BYTES_MAX, bytes.length - at);
                transfer(target.channel(), ByteBuffer.wrap(bytes, at, count), offset + at);
            }
        } catch (IOException failure) {
            throw explained(failure, file, growth);
        }
    }

    void sync(String file) throws IOException {
        existing(file).force();
    }

    void truncate(String file, long length) throws IOException {
        OpenFiles.OpenFile target = existing(file);
        target.markUnsynced();
        target.channel().truncate(length);
    }

    void rename(String from, String to) throws IOException {
        Files.move(
                root.resolve(from),
                root.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        open.renamed(from, to);
    }

    void delete(String file) throws IOException {
        Files.deleteIfExists(root.resolve(file));
        open.forget(file);
    }

    void syncDirectory(String directory) throws IOException {
        syncDirectory(root.resolve(directory));
    }

    void close() throws IOException {
        open.close();
    }

    private OpenFiles.OpenFile existing(String file) throws IOException {
        OpenFiles.OpenFile cached = open.find(file);
        return cached != null
                ? cached
                : open.add(
                        file, FileChannel.open(root.resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    private OpenFiles.OpenFile existingOrNew(String file) throws IOException {
        OpenFiles.OpenFile cached = open.find(file);
        if (cached != null) {
            return cached;
        }
        Path path = root.resolve(file);
        createDirectories(path.getParent());
        return open.add(
                file,
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    }

    /** Each new directory is durable before the next one goes into it: the port says so. */
    private static void createDirectories(@Nullable Path directory) throws IOException {
        if (directory == null || Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        createDirectories(parent);
        Files.createDirectory(directory);
        if (parent != null) {
            syncDirectory(parent);
        }
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void transfer(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            int count = channel.write(bytes, at);
            if (count == 0) {
                throw new IOException("short write: " + bytes.remaining() + " bytes left at " + at);
            }
            at += count;
        }
    }

    /**
     * Java tells a full disk by the system's words alone, which may be in the operator's language: so the room is looked at, too, where more of
     * it was needed.
     */
    private IOException explained(IOException failure, String file, long growth) throws IOException {
        String words = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
        boolean saysFull = words.contains("No space left on device") || words.contains("Disk quota exceeded");
        if (!saysFull && growth <= usableBytes(file)) {
            return failure;
        }
        NoRoomException noRoom = new NoRoomException(words);
        noRoom.initCause(failure);
        return noRoom;
    }

    private long usableBytes(String file) throws IOException {
        return Files.getFileStore(root.resolve(file)).getUsableSpace();
    }

    private static void giveBack(FileChannel channel, long lengthBefore, IOException failure) {
        try {
            channel.truncate(lengthBefore);
        } catch (IOException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }
}
