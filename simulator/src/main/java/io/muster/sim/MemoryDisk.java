package io.muster.sim;

import io.muster.member.port.Disk;
import io.muster.member.port.DiskException;
import io.muster.member.port.FileNames;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that knows what is written from what is synced, and fails as told. It outlives the incarnations of its node: each opens
 * its own {@link Disk} port on the same bytes.
 *
 * <p>It promises no more than the port does: unsynced bytes and names survive the death of the process, and survive a loss of power by
 * coin only ({@code spec/simulation.md} §3, "Disk"). One thread, that of the {@link VirtualTime}.
 */
public final class MemoryDisk {

    /** The trace keeps this many operations, the newest ones. */
    public static final int TRACE_OPERATIONS_MAX = 100_000;

    private final RandomGenerator random;
    private final NameTable names = new NameTable();
    private final Deque<DiskOperation> trace = new ArrayDeque<>();
    private final TraceHash hash = new TraceHash();
    private final Map<DiskOperation.Kind, Predicate<String>> failing = new EnumMap<>(DiskOperation.Kind.class);
    private Function<DiskOperation, Duration> latency = operation -> Duration.ZERO;
    private long quotaBytes = Long.MAX_VALUE;
    private @Nullable MemoryDiskPort openPort;

    /** A disk whose coins are always the same. */
    public MemoryDisk() {
        this(new Random(0));
    }

    /** @param random decides what happens to what was in flight or unsynced */
    public MemoryDisk(RandomGenerator random) {
        this.random = random;
    }

    /** The port of a new incarnation, whose completions run on its time. What an earlier incarnation left in flight ends as by {@link #kill}. */
    public Disk open(Time time) {
        kill();
        MemoryDiskPort port = new MemoryDiskPort(this, time);
        openPort = port;
        return port;
    }

    // Crashes

    /** Kills the process: what was written is kept, synced or not; of what is in flight, some happened, by coin. No completion comes. */
    public void kill() {
        killPort(random);
    }

    /** Cuts the power, with the disk's own coins. */
    public void powerLoss() {
        powerLoss(random);
    }

    /**
     * Cuts the power: of what is not synced, each 512-byte sector is kept, lost or torn by coin, and each change of a name is kept or lost.
     * What remains is durable.
     */
    public void powerLoss(RandomGenerator coins) {
        killPort(coins);
        names.losePower(coins);
    }

    // Faults; they last until changed or healed.

    /** Limits the sum of all file lengths: a write beyond it stores what fits and fails with {@code FULL}. */
    public void quota(long bytes) {
        quotaBytes = bytes;
    }

    /** Lets operations of this kind fail on the files that match. */
    public void fail(DiskOperation.Kind kind, Predicate<String> files) {
        failing.put(kind, files);
    }

    /** Lets syncs fail: the unsynced pages then read back old or new by coin, and count as clean although they are not on disk. */
    public void failSync(Predicate<String> files) {
        fail(DiskOperation.Kind.SYNC, files);
    }

    /** Lets writes fail, after a drawn part of the bytes. */
    public void failWrite(Predicate<String> files) {
        fail(DiskOperation.Kind.WRITE, files);
    }

    /** Ends all failing, the quota and the latency; the harm that was done stays. */
    public void heal() {
        failing.clear();
        quotaBytes = Long.MAX_VALUE;
        latency(Duration.ZERO);
    }

    /** Sets how long each operation takes, one after another. */
    public void latency(Duration each) {
        latency(operation -> each);
    }

    /** Sets how long an operation takes, by what it is. */
    public void latency(Function<DiskOperation, Duration> byOperation) {
        latency = byOperation;
    }

    /** Flips one bit at rest, synced or not. */
    public void flipBit(String file, long byteOffset, int bit) {
        existing(file).flipBit(byteOffset, bit);
    }

    /** Cuts the file behind the node's back, durably. */
    public void truncateTo(String file, long length) {
        MemoryFile found = existing(file);
        found.truncate(length);
        found.sync();
    }

    /** Stores a whole file behind the node's back, durably, in place of what was there. */
    public void put(String file, byte[] bytes) {
        FileNames.requireFile(file);
        names.delete(file);
        MemoryFile created = names.findOrCreate(file);
        created.write(0, bytes, bytes.length);
        created.sync();
        names.syncDirectory(NameTable.directoryOf(file));
    }

    // Looking in from outside

    /** The file as a read gives it, synced or not. */
    public byte[] bytes(String file) {
        return existing(file).bytes();
    }

    /** The file as a loss of power leaves it if it keeps nothing unsynced. */
    public byte[] syncedBytes(String file) {
        return existing(file).syncedBytes();
    }

    /** All file names, sorted, with their directories, synced or not. */
    public List<String> files() {
        return names.all();
    }

    /** The file names that survive any loss of power. */
    public List<String> syncedFiles() {
        return names.allSynced();
    }

    /** What was carried out, oldest first: for assertions on the order of writes and syncs. Failed operations are in it, too. */
    public List<DiskOperation> trace() {
        return List.copyOf(trace);
    }

    public void clearTrace() {
        trace.clear();
    }

    /** Hash over all operations since the disk was made, in order. */
    public long hash() {
        return hash.value();
    }

    /** Another disk with the same files, all of them durable, and no faults. */
    public MemoryDisk copy() {
        MemoryDisk copy = new MemoryDisk();
        names.all().forEach(file -> copy.put(file, bytes(file)));
        return copy;
    }

    // For the port

    NameTable names() {
        return names;
    }

    RandomGenerator random() {
        return random;
    }

    Duration latencyOf(DiskOperation operation) {
        return latency.apply(operation);
    }

    void record(DiskOperation operation) {
        if (trace.size() == TRACE_OPERATIONS_MAX) {
            trace.remove();
        }
        trace.add(operation);
        hash.add(operation.toString());
        hash.add(operation.offset());
        hash.add(operation.length());
    }

    boolean fails(DiskOperation operation) {
        Predicate<String> files = failing.get(operation.kind());
        return files != null && files.test(operation.file());
    }

    /** How far the file may reach, given how long it is, before the disk is full. */
    long lengthMax(String file) {
        long fileLength = names.find(file).map(MemoryFile::length).orElse(0);
        long room = Math.max(0, quotaBytes - names.totalBytes());
        return fileLength + Math.min(room, Long.MAX_VALUE - fileLength);
    }

    private MemoryFile existing(String file) {
        return names.find(file).orElseThrow(() -> new IllegalArgumentException("no such file: " + file));
    }

    private void killPort(RandomGenerator coins) {
        MemoryDiskPort port = openPort;
        openPort = null;
        if (port != null) {
            port.kill(coins);
        }
    }

    /** An operation that failed for another reason than a full disk. */
    static DiskException failure(DiskOperation operation, String cause) {
        return new DiskException(DiskException.Kind.FAILED, operation.kind().toString(), operation.file(), cause);
    }
}
