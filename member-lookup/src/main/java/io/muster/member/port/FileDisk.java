package io.muster.member.port;

import io.muster.member.port.DiskQueue.Job;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of a real directory tree, worked on by one I/O thread of its own.
 *
 * <p>A write and the sync behind it cost the driver one turn, as their completions travel together: group commit rests on that. Symbolic
 * links inside the tree are followed: an operator may put a directory on another device.
 */
public final class FileDisk implements Disk, AutoCloseable {

    /** How long {@link #close} waits for what is in the queue; a shutdown as a whole may take 10 s (design §8). */
    private static final long CLOSE_WAIT_MILLIS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(FileDisk.class);

    /** A blocking operation on files. */
    @FunctionalInterface
    private interface Io<T> {

        T run() throws IOException;
    }

    /** A blocking operation on files without a result. */
    @FunctionalInterface
    private interface IoChange {

        void run() throws IOException;
    }

    /**
     * What is asked for.
     *
     * @param bytesHeld memory that it keeps until it is done
     * @param handOverAfter whether the driver waits for it, so that completions should leave when it is done
     */
    private record Request(String operation, String file, long bytesHeld, boolean handOverAfter) {

        static Request of(String operation, String file) {
            return new Request(operation, file, 0, false);
        }

        static Request ofSync(String operation, String file) {
            return new Request(operation, file, 0, true);
        }

        DiskException failure(DiskException.Kind kind, String cause) {
            return new DiskException(kind, operation, file, cause);
        }
    }

    private final Time time;
    private final DiskFiles files;
    private final DiskQueue queue;
    private final LongAdder syncs = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();

    private FileDisk(Path root, Time time, String threadName) {
        this.time = time;
        this.files = new DiskFiles(root);
        this.queue = new DiskQueue(time, threadName, this::closeFiles);
    }

    /**
     * Starts the I/O thread.
     *
     * @param root created if need be
     * @param time where completions run
     * @throws IOException if the root can't be created
     */
    public static FileDisk open(Path root, Time time, String threadName) throws IOException {
        Files.createDirectories(root);
        FileDisk disk = new FileDisk(root.toAbsolutePath().normalize(), time, threadName);
        disk.queue.start();
        return disk;
    }

    @Override
    public void list(String directory, Completion<List<String>> completion) {
        FileNames.requireDirectory(directory);
        submit(Request.of("list", directory), () -> files.list(directory), completion);
    }

    @Override
    public void size(String file, Completion<Long> completion) {
        FileNames.requireFile(file);
        submit(Request.of("size", file), () -> files.size(file), completion);
    }

    @Override
    public void read(String file, long offset, int length, Completion<byte[]> completion) {
        FileNames.requireFile(file);
        submit(Request.of("read", file), () -> files.read(file, offset, length), completion);
    }

    @Override
    public void allocate(String file, long length, Completion<Void> completion) {
        FileNames.requireFile(file);
        submitChange(Request.of("allocate", file), () -> files.allocate(file, length), completion);
    }

    @Override
    public void write(String file, long offset, byte[] bytes, Completion<Void> completion) {
        FileNames.requireFile(file);
        Request request = new Request("write", file, bytes.length, false);
        submitChange(request, () -> write(file, offset, bytes), completion);
    }

    @Override
    public void sync(String file, Completion<Void> completion) {
        FileNames.requireFile(file);
        submitSync(Request.ofSync("sync", file), () -> files.sync(file), completion);
    }

    @Override
    public void truncate(String file, long length, Completion<Void> completion) {
        FileNames.requireFile(file);
        submitChange(Request.of("truncate", file), () -> files.truncate(file, length), completion);
    }

    @Override
    public void rename(String from, String to, Completion<Void> completion) {
        FileNames.requireFile(from);
        FileNames.requireFile(to);
        submitChange(Request.of("rename", from), () -> files.rename(from, to), completion);
    }

    @Override
    public void delete(String file, Completion<Void> completion) {
        FileNames.requireFile(file);
        submitChange(Request.of("delete", file), () -> files.delete(file), completion);
    }

    @Override
    public void syncDirectory(String directory, Completion<Void> completion) {
        FileNames.requireDirectory(directory);
        submitSync(Request.ofSync("syncDirectory", directory), () -> files.syncDirectory(directory), completion);
    }

    /**
     * Carries out what waits, then ends the I/O thread; operations asked for later fail. Waits for the end (5 s at most): not for an event
     * loop. Idempotent.
     */
    @Override
    public void close() {
        queue.close(CLOSE_WAIT_MILLIS);
    }

    /** Operations that wait for the I/O thread. Any thread may ask; so for the other figures. */
    public int operationsWaiting() {
        return queue.size();
    }

    /** Bytes handed over and not written yet. */
    public long bytesWaiting() {
        return queue.bytesHeld();
    }

    /** Syncs carried out so far, of files and directories. */
    public long syncs() {
        return syncs.sum();
    }

    /** Bytes written so far. */
    public long bytesWritten() {
        return bytesWritten.sum();
    }

    private void submitChange(Request request, IoChange change, Completion<Void> completion) {
        submit(request, () -> voidAfter(change), completion);
    }

    private void submitSync(Request request, IoChange sync, Completion<Void> completion) {
        IoChange counted = () -> {
            syncs.increment();
            sync.run();
        };
        submitChange(request, counted, completion);
    }

    private <T> void submit(Request request, Io<T> io, Completion<T> completion) {
        Job job = new Job(() -> carryOut(request, io, completion), request.bytesHeld(), request.handOverAfter());
        if (!queue.submit(job)) {
            DiskException error = request.failure(DiskException.Kind.FAILED, "the disk is closed");
            time.execute(() -> completion.failed(error));
        }
    }

    // On the I/O thread

    /** Whatever goes wrong reaches the caller: the thread lives on, and a completion that never came would hang the driver. */
    private <T> Runnable carryOut(Request request, Io<T> io, Completion<T> completion) {
        try {
            T result = io.run();
            return () -> completion.done(result);
        } catch (IOException failure) {
            boolean full = failure instanceof NoRoomException;
            DiskException error =
                    request.failure(full ? DiskException.Kind.FULL : DiskException.Kind.FAILED, causeOf(failure));
            error.initCause(failure);
            return () -> completion.failed(error);
        } catch (RuntimeException | Error failure) {
            DiskException error = request.failure(DiskException.Kind.FAILED, failure.toString());
            error.initCause(failure);
            return () -> completion.failed(error);
        }
    }

    private void write(String file, long offset, byte[] bytes) throws IOException {
        files.write(file, offset, bytes);
        bytesWritten.add(bytes.length);
    }

    private static String causeOf(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (failure instanceof FileSystemException named && named.getReason() != null) {
            return named.getReason();
        }
        return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    }

    private void closeFiles() {
        try {
            files.close();
        } catch (IOException failure) {
            LOG.warn("{}: closing files failed", queue, failure);
        }
    }

    // The result of an operation without one; Void has no other value.
    @SuppressWarnings("NullAway")
    private static Void voidAfter(IoChange change) throws IOException {
        change.run();
        return null;
    }
}
