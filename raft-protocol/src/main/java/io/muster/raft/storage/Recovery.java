package io.muster.raft.storage;

import io.muster.member.NodeId;
import io.muster.raft.DamagedDataException;
import io.muster.raft.core.membership.Configuration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads snapshots and log at a start (R13), decides between torn tail and damage, and leaves the end of the log clean and durable. A refusal
 * changes nothing on disk.
 *
 * <p>What lies behind the synced end is written once more before it is relied on: after a failed sync and a kill the page cache may show bytes that
 * it takes for clean and that the disk never got.
 */
final class Recovery {

    private final DiskSteps disk;
    private final NodeId node;
    private final Checksum checksum;
    private final boolean logExpected;
    private final Restorer restorer;
    private final List<String> warnings = new ArrayList<>();

    private final TreeSet<Long> snapshotIndices = new TreeSet<>();
    private final TreeSet<Long> sequences = new TreeSet<>();
    private final List<String> garbage = new ArrayList<>();
    private final TreeMap<Long, Long> soundSnapshots = new TreeMap<>();

    private boolean empty;
    private @Nullable SnapshotMeta snapshot;
    private long snapshotBytes;

    /** Of the newest snapshot that could not be read, if any. */
    private @Nullable DamagedDataException snapshotDamage;

    /** Of the newest snapshot that was passed over; 0 if none was. */
    private long damagedSnapshotIndex;

    private final List<Segment> segments = new ArrayList<>();
    private LogReplay replay;
    private @Nullable OpenSegment open;
    private @Nullable CleanEnd cleanEnd;
    private long tornBytes;

    /** Highest index in the segment that is being read. */
    private long highestIndex;

    /** What the last segment holds, and what of it is known to be durable. */
    // The array is a view on what was read; nobody changes it.
    @SuppressWarnings("ArrayRecordComponent")
    private record CleanEnd(long sequence, byte[] content, int syncedEnd, SegmentScan.End end) {}

    /**
     * What recovery hands to the log.
     *
     * @param segments all that are there, the open one last
     * @param open where the log goes on; null if there is no segment
     * @param snapshots index → length, oldest first
     */
    record Result(
            Recovered recovered,
            List<Segment> segments,
            @Nullable OpenSegment open,
            EntryPositions positions,
            long lastSeenIndex,
            TreeMap<Long, Long> snapshots,
            Optional<SnapshotMeta> newestSnapshot) {}

    /** @param logExpected whether this node has stored something in the log: if there is none, it is lost */
    Recovery(DiskSteps disk, NodeId node, Checksum checksum, boolean logExpected, Restorer restorer) {
        this.disk = disk;
        this.node = node;
        this.checksum = checksum;
        this.logExpected = logExpected;
        this.restorer = restorer;
        this.replay = new LogReplay(restorer, null);
    }

    /** Fails with {@link DamagedDataException} or a disk's failure. */
    CompletableFuture<Result> run() {
        return read().thenCompose(ignored -> tidy()).thenApply(ignored -> result());
    }

    /** Only looks; the same failures. */
    CompletableFuture<Optional<Configuration>> group() {
        return read().thenApply(ignored -> replay.configurations().current());
    }

    private CompletableFuture<Void> read() {
        return disk.list(StorageFiles.DIRECTORY)
                .thenCompose(names -> {
                    sort(names);
                    return loadSnapshot();
                })
                .thenCompose(ignored -> readLog());
    }

    private void sort(List<String> names) {
        empty = names.isEmpty();
        for (String name : names) {
            StorageFiles.snapshotIndex(name).ifPresent(snapshotIndices::add);
            StorageFiles.segmentSequence(name).ifPresent(sequences::add);
        }
        garbage.add(StorageFiles.SNAPSHOT_TEMPORARY);
        garbage.add(StorageFiles.SNAPSHOT_RECEIVED);
        garbage.add(StorageFiles.BELONGING_TEMPORARY);
    }

    // Snapshots.

    /** Loads the newest sound snapshot; an older one only helps if the log still reaches back to it, which the log's reading decides. */
    private CompletableFuture<Void> loadSnapshot() {
        Long newest = snapshotIndices.pollLast();
        if (newest == null) {
            restorer.noSnapshot();
            return DiskSteps.nothing();
        }
        String file = StorageFiles.snapshot(newest);
        return disk.size(file)
                .thenCompose(length -> {
                    snapshotBytes = length;
                    return new SnapshotReading(disk, checksum, file, restorer::snapshot).read();
                })
                .handle((meta, error) -> {
                    if (error == null) {
                        snapshot = meta;
                        soundSnapshots.put(newest, snapshotBytes);
                        return keepOlder();
                    }
                    if (DiskSteps.cause(error) instanceof DamagedDataException damage) {
                        warnings.add(damage.file() + " is damaged at offset " + damage.offset()
                                + " and was passed over: an older snapshot and the log hold everything");
                        garbage.add(file);
                        snapshotDamage = snapshotDamage == null ? damage : snapshotDamage;
                        damagedSnapshotIndex = Math.max(damagedSnapshotIndex, newest);
                        return loadSnapshot();
                    }
                    return CompletableFuture.<Void>failedFuture(error);
                })
                .thenCompose(next -> next);
    }

    private CompletableFuture<Void> keepOlder() {
        Long older = snapshotIndices.pollLast();
        snapshotIndices.forEach(index -> garbage.add(StorageFiles.snapshot(index)));
        if (older == null) {
            return DiskSteps.nothing();
        }
        return disk.size(StorageFiles.snapshot(older)).thenAccept(length -> soundSnapshots.put(older, length));
    }

    // The log.

    private CompletableFuture<Void> readLog() {
        replay = new LogReplay(restorer, snapshot);
        if (sequences.isEmpty()) {
            if (logExpected) {
                throw new DamagedDataException(
                        StorageFiles.segment(1),
                        0,
                        "this node has stored a log, and it is gone: term, vote and what was acknowledged are missing");
            }
            if (snapshot != null || !warnings.isEmpty()) {
                throw new DamagedDataException(
                        StorageFiles.segment(1), 0, "there are snapshots, and no log: term and vote are missing");
            }
            return DiskSteps.nothing();
        }
        long last = sequences.last();
        long first = last;
        while (sequences.contains(first - 1)) {
            first--;
        }
        for (long stale : sequences.headSet(first)) {
            // Left over from a deletion that a loss of power undid in part; whether what they held is needed is checked
            // below.
            garbage.add(StorageFiles.segment(stale));
        }
        return readSegment(first, last, readWhole(first)).thenAccept(ignored -> {
            if (open == null && (snapshot != null || last > 1 || logExpected)) {
                throw new DamagedDataException(
                        StorageFiles.segment(last), 0, "the log's only segment has no sound header");
            }
        });
    }

    /** Reads a segment, knowing the bytes of it and whether it is the last only when the header of the next was looked at. */
    private CompletableFuture<Void> readSegment(long sequence, long last, CompletableFuture<byte[]> bytes) {
        return bytes.thenCompose(content -> {
            Optional<SegmentScan> scan =
                    SegmentScan.of(StorageFiles.segment(sequence), content, sequence == last, checksum);
            if (scan.isEmpty()) {
                drop(sequence, content);
                return DiskSteps.nothing();
            }
            if (sequence == last) {
                readLast(sequence, content, scan.get());
                return DiskSteps.nothing();
            }
            return readWhole(sequence + 1).thenCompose(next -> {
                Optional<SegmentScan> nextScan =
                        SegmentScan.of(StorageFiles.segment(sequence + 1), next, sequence + 1 == last, checksum);
                if (nextScan.isEmpty()) {
                    drop(sequence + 1, next);
                    readLast(sequence, content, scan.get());
                    return DiskSteps.nothing();
                }
                readSealed(sequence, content, scan.get(), nextScan.get().header());
                return readSegment(sequence + 1, last, CompletableFuture.completedFuture(next));
            });
        });
    }

    private CompletableFuture<byte[]> readWhole(long sequence) {
        String file = StorageFiles.segment(sequence);
        return disk.size(file).thenCompose(length -> disk.read(file, 0, Math.toIntExact(length)));
    }

    /** The segment was being begun when the node died; nothing in it was ever durable. */
    private void drop(long sequence, byte[] content) {
        garbage.add(StorageFiles.segment(sequence));
        for (byte b : content) {
            tornBytes += b == 0 ? 0 : 1;
        }
    }

    private void readSealed(long sequence, byte[] content, SegmentScan scan, SegmentHeader next) {
        begin(sequence, scan.header());
        scan.readSealed(next.endBefore(), next.crcBefore(), visitor(sequence));
        segments.add(new Segment(sequence, highestIndex, content.length));
    }

    private void readLast(long sequence, byte[] content, SegmentScan scan) {
        begin(sequence, scan.header());
        SegmentScan.End end = scan.readLast(visitor(sequence));
        replay.end(StorageFiles.segment(sequence));
        segments.add(new Segment(sequence, highestIndex, content.length));
        open = new OpenSegment(
                scan.header().format(),
                sequence,
                content.length,
                end.offset(),
                end.crc(),
                scan.mark().map(SyncMark::number).orElse(0L));
        int syncedEnd = scan.mark().map(SyncMark::syncedEnd).orElse(0);
        cleanEnd = new CleanEnd(sequence, content, syncedEnd, end);
    }

    private void begin(long sequence, SegmentHeader header) {
        String file = StorageFiles.segment(sequence);
        if (header.sequence() != sequence) {
            throw new DamagedDataException(file, 0, "this is segment " + header.sequence() + " under another name");
        }
        if (!header.nodeId().equals(node)) {
            throw new DamagedDataException(
                    file, 0, "the log belongs to node " + header.nodeId() + ", and this is node " + node);
        }
        if (segments.isEmpty()) {
            beginReplay(file, header);
        }
        highestIndex = header.lastIndexBefore();
    }

    /** Where entries are missing because the snapshot with them is damaged, the snapshot is what must be named. */
    private void beginReplay(String file, SegmentHeader header) {
        try {
            replay.begin(file, header);
        } catch (DamagedDataException gap) {
            if (snapshotDamage == null) {
                throw gap;
            }
            snapshotDamage.addSuppressed(gap);
            throw snapshotDamage;
        }
    }

    private SegmentScan.Visitor visitor(long sequence) {
        return (offset, record) -> {
            if (record instanceof LogRecord.Reset reset) {
                requireSnapshotOf(reset);
            }
            replay.record(StorageFiles.segment(sequence), sequence, offset, record);
            highestIndex = Math.max(highestIndex, replay.lastSeenIndex());
        };
    }

    /**
     * A reset whose snapshot is not there announced an install that was interrupted, and counts for nothing. One whose snapshot is there and damaged took the
     * log's place, so that what stands before it is no substitute.
     */
    private void requireSnapshotOf(LogRecord.Reset reset) {
        long sound = snapshot == null ? 0 : snapshot.index();
        boolean installed = reset.snapshotIndex() <= damagedSnapshotIndex;
        if (snapshotDamage != null && installed && reset.snapshotIndex() > sound) {
            throw snapshotDamage;
        }
    }

    // Afterwards: from here on the disk is changed.

    private CompletableFuture<Void> tidy() {
        if (empty) {
            return DiskSteps.nothing();
        }
        CompletableFuture<Void> done = DiskSteps.nothing();
        for (String file : garbage) {
            done = done.thenCompose(ignored -> disk.delete(file));
        }
        return done.thenCompose(ignored -> cleanUpEnd())
                .thenCompose(ignored -> disk.syncDirectory(StorageFiles.DIRECTORY));
    }

    private CompletableFuture<Void> cleanUpEnd() {
        CleanEnd clean = cleanEnd;
        OpenSegment segment = open;
        if (clean == null || segment == null) {
            return DiskSteps.nothing();
        }
        String file = StorageFiles.segment(clean.sequence);
        int end = clean.end.offset();
        int dirtyEnd = clean.content.length;
        while (dirtyEnd > end && clean.content[dirtyEnd - 1] == 0) {
            dirtyEnd--;
        }
        byte[] rewritten = new byte[dirtyEnd - clean.syncedEnd];
        System.arraycopy(clean.content, clean.syncedEnd, rewritten, 0, end - clean.syncedEnd);
        if (clean.end.torn()) {
            tornBytes += dirtyEnd - end;
        }
        SyncMark mark = segment.nextMark();
        return disk.write(file, clean.syncedEnd, rewritten)
                .thenCompose(ignored -> disk.sync(file))
                .thenCompose(ignored -> disk.write(file, mark.offset(), mark.encode(checksum)));
    }

    private Result result() {
        if (tornBytes > 0) {
            warnings.add("an unfinished write of " + tornBytes + " bytes at the end of the log was cut off");
        }
        SnapshotMeta loaded = snapshot;
        Recovered recovered = new Recovered(
                replay.hardState(),
                replay.log(),
                replay.configurations(),
                loaded == null ? OptionalLong.empty() : OptionalLong.of(loaded.index()),
                loaded == null ? 0 : snapshotBytes,
                replay.entryCount(),
                tornBytes,
                warnings);
        segments.sort(Comparator.comparingLong(Segment::sequence));
        return new Result(
                recovered,
                segments,
                open,
                replay.positions(),
                replay.lastSeenIndex(),
                soundSnapshots,
                Optional.ofNullable(loaded));
    }
}
