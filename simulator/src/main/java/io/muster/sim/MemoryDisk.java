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
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
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

    /** A misdirected write lands at most this many sectors away. */
    private static final int MISDIRECTED_SECTORS_MAX = 16;

    private final RandomGenerator random;
    private final NameTable names = new NameTable();
    private final Deque<DiskOperation> trace = new ArrayDeque<>();
    private final TraceHash hash = new TraceHash();
    private final Map<DiskOperation.Kind, Predicate<String>> failing = new EnumMap<>(DiskOperation.Kind.class);
    private final Map<String, byte[]> stale = new TreeMap<>();
    private Function<DiskOperation, Duration> latency = operation -> Duration.ZERO;
    private boolean stalled;
    private @Nullable Predicate<String> misdirected;
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

    /** Cuts the power in the worst way: nothing that is not synced survives, neither bytes nor names. */
    public void powerLossOfAllUnsynced() {
        killPort(random);
        names.loseUnsynced();
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

    /** Lets operations of this kind succeed again. */
    public void succeed(DiskOperation.Kind kind) {
        failing.remove(kind);
    }

    /** Lets no operation complete any more, until {@link #unstall}. */
    public void stall() {
        stalled = true;
    }

    /** Ends a stall: what fell due meanwhile completes now; idempotent. */
    public void unstall() {
        stalled = false;
        if (openPort != null) {
            openPort.completeOverdue();
        }
    }

    /** Lets the next write to a file that matches land in another place of the file, and report success. */
    public void misdirectNextWrite(Predicate<String> files) {
        misdirected = files;
    }

    /** Lets reads of the files that match give what is in them now, whatever is written later. */
    public void readStale(Predicate<String> files) {
        names.all().stream().filter(files).forEach(file -> stale.put(file, bytes(file)));
    }

    /** Ends all failing, stalls, stale reads, the quota and the latency; the harm that was done stays. */
    public void heal() {
        failing.clear();
        stale.clear();
        misdirected = null;
        quotaBytes = Long.MAX_VALUE;
        latency(Duration.ZERO);
        unstall();
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

    /** Deletes the file behind the node's back, durably, if it is there. */
    public void remove(String file) {
        FileNames.requireFile(file);
        names.delete(file);
        names.syncDirectory(NameTable.directoryOf(file));
    }

    // Looking in from outside

    /** The sum of all file lengths. */
    public long totalBytes() {
        return names.totalBytes();
    }

    /** The file as a read gives it, synced or not. */
    public byte[] bytes(String file) {
        return existing(file).bytes();
    }

    /** The file as a loss of power leaves it if it keeps nothing unsynced. */
    public byte[] syncedBytes(String file) {
        return existing(file).syncedBytes();
    }

    /** What is under the name after a loss of power that keeps nothing unsynced, neither names nor bytes; empty if nothing is. */
    public Optional<byte[]> durableBytes(String file) {
        return names.findSynced(file).map(MemoryFile::syncedBytes);
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

    boolean stalled() {
        return stalled;
    }

    /** Where the bytes of a write end up. */
    long landingOffset(DiskOperation operation) {
        Predicate<String> files = misdirected;
        if (files == null || !files.test(operation.file())) {
            return operation.offset();
        }
        misdirected = null;
        long sectors = 1L + random.nextInt(MISDIRECTED_SECTORS_MAX);
        long there = operation.offset() - sectors * MemoryFile.SECTOR_BYTES;
        return there >= 0 ? there : operation.offset() + sectors * MemoryFile.SECTOR_BYTES;
    }

    /** The content that reads of the file give although it is not the newest. */
    Optional<byte[]> staleBytes(String file) {
        return Optional.ofNullable(stale.get(file));
    }

    void record(DiskOperation operation) {
        if (trace.size() == TRACE_OPERATIONS_MAX) {
            trace.remove();
        }
        trace.add(operation);
        hash.add(operation.kind().toString());
        hash.add(operation.file());
        hash.add(operation.target());
        hash.add(operation.offset());
        hash.add(operation.length());
    }

    boolean fails(DiskOperation operation) {
        Predicate<String> files = failing.get(operation.kind());
        return files != null && files.test(operation.file());
    }

    /** How far the file may reach, given how long it is, before the disk is full. */
    long lengthMax(String file) {
        if (quotaBytes == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
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
