package io.muster.sim;

import io.muster.member.port.Disk;
import io.muster.member.port.DiskException;
import io.muster.member.port.FileNames;
import io.muster.member.port.Time;
import io.muster.sim.DiskOperation.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The disk as one incarnation sees it. An operation is carried out at the moment at which it completes; one that is in flight when the
 * node dies may have been carried out, in part or not at all.
 */
final class MemoryDiskPort implements Disk {

    /**
     * @param effect what the operation does to the disk; throws {@link DiskException} when it fails
     * @param partialEffect what it does when it is made to fail, or dies with its node
     */
    private record InFlight<T>(
            DiskOperation operation, Supplier<T> effect, Runnable partialEffect, Completion<T> completion) {

        T carryOut(MemoryDisk disk) {
            disk.record(operation);
            if (disk.fails(operation)) {
                partialEffect.run();
                throw MemoryDisk.failure(operation, "Input/output error");
            }
            return effect.get();
        }

        void complete(MemoryDisk disk) {
            T result;
            try {
                result = carryOut(disk);
            } catch (DiskException error) {
                completion.failed(error);
                return;
            }
            completion.done(result);
        }
    }

    private final MemoryDisk disk;
    private final Time time;
    private final Deque<InFlight<?>> inFlight = new ArrayDeque<>();

    /** When the disk is through with what it was given; completions never overtake one another. */
    private long busyUntilNanos;

    /** How many operations fell due while the disk was stalled. */
    private int overdue;

    private boolean closed;

    MemoryDiskPort(MemoryDisk disk, Time time) {
        this.disk = disk;
        this.time = time;
        this.busyUntilNanos = time.monoNanos();
    }

    @Override
    public void list(String directory, Completion<List<String>> completion) {
        FileNames.requireDirectory(directory);
        DiskOperation operation = DiskOperation.of(Kind.LIST, directory);
        submit(operation, () -> disk.names().filesIn(directory), MemoryDiskPort::nothing, completion);
    }

    @Override
    public void size(String file, Completion<Long> completion) {
        FileNames.requireFile(file);
        DiskOperation operation = DiskOperation.of(Kind.SIZE, file);
        submit(
                operation,
                () -> disk.names().find(file).map(MemoryFile::length).orElse(-1).longValue(),
                MemoryDiskPort::nothing,
                completion);
    }

    @Override
    public void read(String file, long offset, int length, Completion<byte[]> completion) {
        FileNames.requireFile(file);
        DiskOperation operation = DiskOperation.of(Kind.READ, file, offset, length);
        submit(operation, () -> read(operation, length), MemoryDiskPort::nothing, completion);
    }

    @Override
    public void allocate(String file, long length, Completion<Void> completion) {
        FileNames.requireFile(file);
        DiskOperation operation = DiskOperation.of(Kind.ALLOCATE, file, 0, length);
        submitChange(operation, () -> allocate(operation), MemoryDiskPort::nothing, completion);
    }

    @Override
    public void write(String file, long offset, byte[] bytes, Completion<Void> completion) {
        FileNames.requireFile(file);
        DiskOperation operation = DiskOperation.of(Kind.WRITE, file, offset, bytes.length);
        Runnable partialEffect = () -> write(operation, bytes, disk.random().nextInt(bytes.length + 1));
        submitChange(operation, () -> write(operation, bytes, bytes.length), partialEffect, completion);
    }

    @Override
    public void sync(String file, Completion<Void> completion) {
        FileNames.requireFile(file);
        DiskOperation operation = DiskOperation.of(Kind.SYNC, file);
        Runnable partialEffect = () -> existing(operation).failSync(disk.random());
        submitChange(operation, () -> existing(operation).sync(), partialEffect, completion);
    }

    @Override
    public void truncate(String file, long length, Completion<Void> completion) {
        FileNames.requireFile(file);
        DiskOperation operation = DiskOperation.of(Kind.TRUNCATE, file, 0, length);
        submitChange(operation, () -> existing(operation).truncate(length), MemoryDiskPort::nothing, completion);
    }

    @Override
    public void rename(String from, String to, Completion<Void> completion) {
        FileNames.requireFile(from);
        FileNames.requireFile(to);
        DiskOperation operation = new DiskOperation(Kind.RENAME, from, to, 0, 0);
        submitChange(operation, () -> rename(operation), MemoryDiskPort::nothing, completion);
    }

    @Override
    public void delete(String file, Completion<Void> completion) {
        FileNames.requireFile(file);
        DiskOperation operation = DiskOperation.of(Kind.DELETE, file);
        submitChange(operation, () -> disk.names().delete(file), MemoryDiskPort::nothing, completion);
    }

    @Override
    public void syncDirectory(String directory, Completion<Void> completion) {
        FileNames.requireDirectory(directory);
        DiskOperation operation = DiskOperation.of(Kind.SYNC_DIRECTORY, directory);
        submitChange(operation, () -> syncDirectory(operation), MemoryDiskPort::nothing, completion);
    }

    /** Ends the incarnation: of what is in flight, a drawn number of operations happened, and perhaps part of the next one. */
    void kill(RandomGenerator random) {
        closed = true;
        if (inFlight.isEmpty()) {
            return;
        }
        int happened = random.nextInt(inFlight.size() + 1);
        for (int i = 0; i < happened; i++) {
            carryOutUnseen(inFlight.remove());
        }
        InFlight<?> interrupted = inFlight.poll();
        if (interrupted != null && interrupted.operation().kind() == Kind.WRITE) {
            disk.record(interrupted.operation());
            interrupted.partialEffect().run();
        }
        inFlight.clear();
    }

    private void carryOutUnseen(InFlight<?> operation) {
        try {
            operation.carryOut(disk);
        } catch (DiskException error) {
            // Nobody is left to be told.
        }
    }

    private void submitChange(
            DiskOperation operation, Runnable effect, Runnable partialEffect, Completion<Void> completion) {
        submit(operation, () -> voidAfter(effect), partialEffect, completion);
    }

    private <T> void submit(
            DiskOperation operation, Supplier<T> effect, Runnable partialEffect, Completion<T> completion) {
        if (closed) {
            return;
        }
        if (inFlight.size() >= OPERATIONS_MAX) {
            throw new IllegalStateException("more than " + OPERATIONS_MAX + " disk operations wait");
        }
        inFlight.add(new InFlight<>(operation, effect, partialEffect, completion));
        long now = time.monoNanos();
        busyUntilNanos =
                Math.max(now, busyUntilNanos) + disk.latencyOf(operation).toNanos();
        time.after(Duration.ofNanos(busyUntilNanos - now), this::completeOldest);
    }

    /** The disk is not stalled any more. */
    void completeOverdue() {
        for (; overdue > 0; overdue--) {
            time.after(Duration.ZERO, this::completeOldest);
        }
    }

    private void completeOldest() {
        if (disk.stalled()) {
            overdue++;
            return;
        }
        InFlight<?> oldest = inFlight.poll();
        if (oldest != null) {
            oldest.complete(disk);
        }
    }

    private MemoryFile existing(DiskOperation operation) {
        return disk.names().find(operation.file()).orElseThrow(() -> MemoryDisk.failure(operation, "no such file"));
    }

    private byte[] read(DiskOperation operation, int length) {
        Optional<byte[]> stale = disk.staleBytes(operation.file());
        if (stale.isEmpty()) {
            return existing(operation).read(operation.offset(), length);
        }
        byte[] old = stale.get();
        int from = (int) Math.min(operation.offset(), old.length);
        return Arrays.copyOfRange(old, from, Math.min(old.length, from + length));
    }

    private void write(DiskOperation operation, byte[] bytes, int count) {
        String file = operation.file();
        requireNoDirectory(operation, file);
        long offset = disk.landingOffset(operation);
        long fits = Math.max(0, disk.lengthMax(file) - offset);
        disk.names().findOrCreate(file).write(offset, bytes, (int) Math.min(count, fits));
        if (fits < count) {
            throw full(operation);
        }
    }

    private void allocate(DiskOperation operation) {
        requireNoDirectory(operation, operation.file());
        if (disk.lengthMax(operation.file()) < operation.length()) {
            throw full(operation);
        }
        disk.names().findOrCreate(operation.file()).extend(operation.length());
    }

    private void rename(DiskOperation operation) {
        existing(operation);
        requireDirectory(operation, NameTable.directoryOf(operation.target()));
        requireNoDirectory(operation, operation.target());
        disk.names().rename(operation.file(), operation.target());
    }

    private void syncDirectory(DiskOperation operation) {
        requireDirectory(operation, operation.file());
        disk.names().syncDirectory(operation.file());
    }

    private void requireDirectory(DiskOperation operation, String name) {
        if (!disk.names().isDirectory(name)) {
            throw MemoryDisk.failure(operation, "no such directory: '" + name + "'");
        }
    }

    private void requireNoDirectory(DiskOperation operation, String name) {
        if (disk.names().isDirectory(name)) {
            throw MemoryDisk.failure(operation, "is a directory: '" + name + "'");
        }
    }

    /** The partial effect of an operation that happens whole or not at all. */
    private static void nothing() {}

    private static DiskException full(DiskOperation operation) {
        return new DiskException(
                DiskException.Kind.FULL, operation.kind().toString(), operation.file(), "No space left on device");
    }

    // The result of an operation without one; Void has no other value.
    @SuppressWarnings("NullAway")
    private static Void voidAfter(Runnable effect) {
        effect.run();
        return null;
    }
}
