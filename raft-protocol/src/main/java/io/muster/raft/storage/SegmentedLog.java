package io.muster.raft.storage;

import io.muster.consistency.FormatInForce;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.port.Time;
import io.muster.raft.DamagedDataException;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.wire.ByteWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The log's segments: takes one batch at a time, writes it in one piece and syncs it once. A batch that does not fit goes to the next segment, for
 * which the reserve stands ready.
 *
 * <p>A batch that meets a full disk waits and is tried again; nothing of it is taken back, since its entries are in the log already. A failed sync is
 * never tried again: it is told as a failure, and this log is not to be used any more.
 */
final class SegmentedLog {

    private final DiskSteps disk;
    private final Time time;
    private final NodeId node;
    private final Checksum checksum;
    private final ReserveSegment reserve;
    private final DirectoryBudget budget;
    private final StorageEvents events;

    /** All but the open one, oldest first. */
    private final Deque<Segment> closed = new ArrayDeque<>();

    private OpenSegment open;
    private EntryPositions positions;

    /** Highest index in the open segment. */
    private long openLastIndex;

    /** Last index that any record bears. */
    private long lastIndex;

    /** What the next header says of the segment before; set when a new segment is begun. */
    private SegmentHeader header;

    private Optional<ClusterId> clusterId = Optional.empty();
    private @Nullable Batch waiting;
    private boolean waitsForRoom;
    private boolean moving;

    /** Nothing more is written: the files may be gone by now. */
    private boolean stopped;

    /** Of any configuration in log or snapshots; the open segment's head may be older, where the disk had no room for another. */
    private int newestFormat;

    /** One batch, from the driver's call until it is durable. */
    private record Batch(
            HardState state,
            List<LogEntry> entries,
            Optional<LogRecord.Reset> reset,
            int bytes,
            int format,
            long sinceNanos,
            BatchStored stored) {}

    /** @param recovered what was there */
    SegmentedLog(
            DiskSteps disk,
            Time time,
            NodeId node,
            Checksum checksum,
            ReserveSegment reserve,
            DirectoryBudget budget,
            StorageEvents events,
            Recovery.Result recovered) {
        this.disk = disk;
        this.time = time;
        this.node = node;
        this.checksum = checksum;
        this.reserve = reserve;
        this.budget = budget;
        this.events = events;
        OpenSegment found = recovered.open();
        this.open = found == null ? new OpenSegment(FormatInForce.FIRST, 0, 0, 0, 0, 0) : found;
        this.newestFormat =
                Math.max(open.format(), recovered.recovered().configurations().newestFormat());
        this.positions = recovered.positions();
        this.lastIndex = recovered.lastSeenIndex();
        this.header = open.headerOfNext(node, clusterId, lastIndex);
        for (Segment segment : recovered.segments()) {
            budget.set(segment.file(), segment.length());
            if (segment.sequence() == open.sequence()) {
                openLastIndex = segment.lastIndex();
            } else {
                closed.add(segment);
            }
        }
    }

    /** The next segment bears this format, unless there was a newer one. */
    void formatSeen(int format) {
        newestFormat = Math.max(newestFormat, format);
    }

    /** Writes nothing more; what was handed to the disk may still get there. */
    void stop() {
        stopped = true;
    }

    /** Goes into the headers of later segments. */
    void setClusterId(ClusterId id) {
        clusterId = Optional.of(id);
    }

    /** Bytes that a batch of these entries takes. */
    static int batchBytes(List<LogEntry> entries) {
        int bytes = LogRecord.HARD_STATE_BYTES;
        for (LogEntry entry : entries) {
            bytes += LogRecord.size(entry);
        }
        return bytes;
    }

    /** Whether entries of so many bytes should be taken on just now. */
    Admission admission(int bytes) {
        boolean fits = open.length() > 0 && open.fits(bytes, true);
        if (!waitsForRoom && (fits || reserve.ready())) {
            return Admission.TAKE;
        }
        Optional<String> denial = reserve.denial();
        boolean hopeless = denial.isPresent() && !reserve.preparing();
        return new Admission(
                hopeless ? Admission.Kind.REFUSE : Admission.Kind.WAIT,
                denial.orElse("the log's next segment is being made"));
    }

    /** Whether entries that come after so many bytes would not wait for room of which nobody knows when it comes. */
    boolean takesBehind(long bytesBefore, List<LogEntry> entries) {
        return reserve.denial().isEmpty()
                || !holdCommands(entries)
                || (open.length() > 0 && !waitsForRoom && open.fits(bytesBefore + batchBytes(entries), true));
    }

    private static boolean holdCommands(List<LogEntry> entries) {
        return entries.stream().anyMatch(entry -> entry.payload() instanceof Payload.Command);
    }

    /** Of all segments, the reserve apart. */
    long bytes() {
        long bytes = open.length();
        for (Segment segment : closed) {
            bytes += segment.length();
        }
        return bytes;
    }

    /** Makes a batch durable; the one before must be. */
    void append(HardState state, List<LogEntry> entries, BatchStored stored) {
        begin(state, entries, Optional.empty(), stored);
    }

    /** Makes it durable that the snapshot takes the place of the log, as soon as it is there; {@link #goOnBehind} must follow. */
    void announceReset(HardState state, long snapshotIndex, BatchStored stored) {
        begin(state, List.of(), Optional.of(new LogRecord.Reset(snapshotIndex)), stored);
    }

    /** The announced snapshot is there: the log is empty and goes on behind it. */
    void goOnBehind(long snapshotIndex) {
        positions.reset(snapshotIndex + 1);
        lastIndex = snapshotIndex;
        openLastIndex = Math.max(openLastIndex, snapshotIndex);
    }

    private void begin(HardState state, List<LogEntry> entries, Optional<LogRecord.Reset> reset, BatchStored stored) {
        if (waiting != null) {
            throw new IllegalStateException("one batch at a time");
        }
        int bytes = batchBytes(entries) + (reset.isPresent() ? LogRecord.RESET_BYTES : 0);
        if (bytes + SegmentHeader.BYTES + OpenSegment.VOTE_ROOM_BYTES > reserve.length()) {
            throw new IllegalArgumentException(
                    "a batch of " + bytes + " bytes fits into no segment of " + reserve.length());
        }
        waiting = new Batch(state, entries, reset, bytes, formatOf(entries), time.monoNanos(), stored);
        tryWrite();
    }

    /** The newest format that an entry names: from it on, the log is one of that format. */
    private static int formatOf(List<LogEntry> entries) {
        int format = FormatInForce.FIRST;
        for (LogEntry entry : entries) {
            if (entry.payload() instanceof Payload.Members members) {
                format = Math.max(format, members.configuration().format());
            }
        }
        return format;
    }

    /** The reserve stands ready, or it is time to try a full disk again. */
    void roomMade() {
        if (waitsForRoom) {
            waitsForRoom = false;
            tryWrite();
        }
    }

    private void tryWrite() {
        Batch batch = waiting;
        if (batch == null || moving || stopped) {
            return;
        }
        boolean keepVoteRoom = holdCommands(batch.entries) && !reserve.ready();
        // A segment of a later format begins with the batch that names it. Where there is no room for one, votes matter
        // more than what an earlier
        // build would say of the file.
        boolean mayStand = open.takes(batch.format) || reserve.denial().isPresent();
        if (open.length() > 0 && open.fits(batch.bytes, keepVoteRoom) && mayStand) {
            write(batch);
        } else if (reserve.ready()) {
            moveOn();
        } else {
            waitsForRoom = true;
            reserve.prepare();
        }
    }

    private void moveOn() {
        moving = true;
        OpenSegment next = open.next(reserve.length());
        header = open.headerOfNext(node, clusterId, lastIndex);
        CompletableFuture<Void> named = disk.rename(StorageFiles.RESERVE, next.file())
                .thenCompose(ignored -> disk.syncDirectory(StorageFiles.DIRECTORY));
        finish(named, (ignored, error) -> {
            moving = false;
            if (stopped) {
                return;
            }
            if (error != null) {
                failedOrFull(error);
                return;
            }
            reserve.used();
            if (open.length() > 0) {
                closed.add(new Segment(open.sequence(), openLastIndex, open.length()));
            }
            open = next;
            openLastIndex = lastIndex;
            budget.set(open.file(), open.length());
            tryWrite();
        });
    }

    private <T> void finish(CompletableFuture<T> steps, BiConsumer<? super T, ? super @Nullable Throwable> last) {
        DiskSteps.finish(steps, last, events::failed);
    }

    private void write(Batch batch) {
        boolean fresh = open.end() == 0;
        formatSeen(batch.format);
        if (fresh) {
            open.raise(newestFormat);
        }
        int from = open.end();
        int headBytes = fresh ? SegmentHeader.BYTES : 0;
        ByteWriter writer = new ByteWriter(headBytes + batch.bytes);
        int crc = open.crc();
        if (fresh) {
            byte[] head = header.withFormat(open.format()).encode(checksum);
            writer.putRaw(head);
            crc = SegmentHeader.crc(head);
        }
        crc = Frame.write(writer, crc, checksum, content -> LogRecord.write(batch.state, content));
        int[] offsets = new int[batch.entries.size()];
        for (int i = 0; i < offsets.length; i++) {
            LogEntry entry = batch.entries.get(i);
            offsets[i] = from + writer.size();
            crc = Frame.write(writer, crc, checksum, content -> LogRecord.write(entry, content));
        }
        if (batch.reset.isPresent()) {
            LogRecord.Reset reset = batch.reset.get();
            crc = Frame.write(writer, crc, checksum, content -> LogRecord.write(reset, content));
        }
        int lastCrc = crc;
        byte[] bytes = writer.toBytes();
        // The sync is handed over with the write, so that the disk does not idle between the two.
        CompletableFuture<Void> written = disk.write(open.file(), from, bytes);
        CompletableFuture<Long> writtenAt = written.thenApply(ignored -> time.monoNanos());
        finish(disk.sync(open.file()), (ignored, syncError) -> {
            if (stopped) {
                return;
            }
            if (syncError != null) {
                // First: after a failed sync the pages are in doubt, whatever became of the write.
                events.failed(DiskSteps.cause(syncError));
            } else if (writtenAt.isCompletedExceptionally()) {
                finish(writtenAt, (none, writeError) -> failedOrFull(Objects.requireNonNull(writeError)));
            } else {
                stored(batch, from, bytes.length, offsets, lastCrc, writtenAt.getNow(time.monoNanos()));
            }
        });
    }

    private void stored(Batch batch, int from, int length, int[] offsets, int crc, long writtenAtNanos) {
        open.written(from + length, crc);
        for (int i = 0; i < offsets.length; i++) {
            long index = batch.entries.get(i).index();
            positions.put(index, open.sequence(), offsets[i]);
            lastIndex = index;
            openLastIndex = Math.max(openLastIndex, index);
        }
        waiting = null;
        mark();
        reserve.writeSucceeded();
        reserve.prepare();
        long now = time.monoNanos();
        batch.stored.stored(length, writtenAtNanos - batch.sinceNanos, now - writtenAtNanos);
    }

    private void mark() {
        SyncMark mark = open.nextMark();
        finish(disk.write(open.file(), mark.offset(), mark.encode(checksum)), (ignored, error) -> {
            if (error != null && !DiskSteps.isFull(error)) {
                events.failed(DiskSteps.cause(error));
            }
        });
    }

    private void failedOrFull(Throwable error) {
        if (DiskSteps.isFull(error)) {
            waitsForRoom = true;
            reserve.retryLater(DiskSteps.cause(error));
        } else {
            events.failed(DiskSteps.cause(error));
        }
    }

    /**
     * Reads entries {@code [from, to)}, as many as about so many bytes hold and one at least; they must have been stored. Where they stand is looked up
     * now: what happens to the log until the disk comes to it does not matter.
     *
     * @return fails with {@link DamagedDataException} if the disk does not give back what was written
     */
    CompletableFuture<List<LogEntry>> read(long from, long to, int bytesMax) {
        long sequence = positions.segmentOf(from);
        String file = StorageFiles.segment(sequence);
        int start = positions.offsetOf(from);
        int length = bytesMax + LogRecord.ENTRY_FIXED_BYTES;
        List<Integer> offsets = new ArrayList<>();
        for (long index = from; index < Math.min(to, positions.endIndex()); index++) {
            int offset = positions.offsetOf(index);
            if (positions.segmentOf(index) != sequence || offset < start || offset - start >= length) {
                break;
            }
            offsets.add(offset);
        }
        return disk.read(file, start, length).thenCompose(bytes -> {
            int needed = Frame.HEAD_BYTES + Frame.lengthAt(bytes, 0, bytes.length);
            boolean cut = needed > bytes.length && bytes.length == length;
            if (!cut) {
                return CompletableFuture.completedFuture(entriesIn(bytes, from, offsets, file));
            }
            if (!holds(from)) {
                // Its file may be gone by now, and nobody needs it any more.
                return CompletableFuture.completedFuture(List.of());
            }
            int whole = Math.min(needed, Math.toIntExact(reserve.length()));
            return disk.read(file, start, whole).thenApply(entry -> entriesIn(entry, from, List.of(start), file));
        });
    }

    /** The entries that stand whole in the bytes, which begin with the first of them. */
    private List<LogEntry> entriesIn(byte[] bytes, long from, List<Integer> offsets, String file) {
        List<LogEntry> entries = new ArrayList<>();
        for (int offset : offsets) {
            int at = offset - offsets.get(0);
            Optional<Frame> frame =
                    at < bytes.length ? Frame.read(bytes, at, bytes.length, checksum) : Optional.empty();
            if (frame.isEmpty() && !entries.isEmpty()) {
                break;
            }
            entries.add(entryOf(frame, bytes, from + entries.size(), file, offset));
        }
        return entries;
    }

    private static LogEntry entryOf(Optional<Frame> frame, byte[] bytes, long index, String file, int offset) {
        if (frame.isPresent()
                && LogRecord.read(frame.get().reader(bytes)) instanceof LogRecord.Entry entry
                && entry.entry().index() == index) {
            return entry.entry();
        }
        throw new DamagedDataException(file, offset, "entry " + index + " is damaged");
    }

    /** First index that can be read, or could be. */
    long firstIndex() {
        return positions.firstIndex();
    }

    /** Whether entries from this index on are still on disk. */
    boolean holds(long index) {
        return index >= positions.firstIndex() && index < positions.endIndex();
    }

    /** Whether {@link #deleteThrough} would delete anything. */
    boolean hasSegmentsThrough(long index) {
        return isDeletable(index);
    }

    /** While nothing stands in the open segment, the newest closed one holds the only term and vote. */
    private boolean isDeletable(long index) {
        boolean holdsTheVote = closed.size() == 1 && open.end() == 0;
        return !closed.isEmpty() && !holdsTheVote && closed.element().lastIndex() <= index;
    }

    /** Deletes the segments that hold nothing above the index. */
    CompletableFuture<Void> deleteThrough(long index) {
        positions.dropBefore(index + 1);
        CompletableFuture<Void> deleted = DiskSteps.nothing();
        boolean any = false;
        while (isDeletable(index)) {
            Segment segment = closed.remove();
            budget.remove(segment.file());
            deleted = disk.delete(segment.file());
            any = true;
        }
        return any ? deleted.thenCompose(ignored -> disk.syncDirectory(StorageFiles.DIRECTORY)) : deleted;
    }
}
