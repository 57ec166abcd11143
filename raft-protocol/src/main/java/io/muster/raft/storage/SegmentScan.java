package io.muster.raft.storage;

import io.muster.raft.DamagedDataException;
import io.muster.raft.UnknownFormatException;
import java.util.Optional;

/**
 * Reads one segment's records from its bytes, and decides what stands where they end (design §4): before the synced end a bad record is
 * damage; behind it, it is a torn tail.
 */
final class SegmentScan {

    private final String file;
    private final byte[] bytes;
    private final Checksum checksum;
    private final SegmentHeader header;
    private final Optional<SyncMark> mark;

    /** Takes each record with the offset of its frame. */
    @FunctionalInterface
    interface Visitor {
        void record(int offset, LogRecord record);
    }

    /**
     * Where the records end.
     *
     * @param offset behind the last one
     * @param crc of the last one
     * @param torn whether anything but zeros follows
     */
    record End(int offset, int crc, boolean torn) {}

    private SegmentScan(String file, byte[] bytes, Checksum checksum, SegmentHeader header, Optional<SyncMark> mark) {
        this.file = file;
        this.bytes = bytes;
        this.checksum = checksum;
        this.header = header;
        this.mark = mark;
    }

    /**
     * A scan of the segment; empty if its header was never durable, so that nothing in it is.
     *
     * @throws DamagedDataException if the header was durable once and is damaged
     */
    static Optional<SegmentScan> of(String file, byte[] bytes, boolean last, Checksum checksum) {
        if (bytes.length < SegmentHeader.BYTES) {
            // A segment gets its name when its full length is durable, so no crash cuts into its header. A cut behind
            // the synced end
            // is a torn tail like any other, whoever made it; one before it is found by the marks.
            throw new DamagedDataException(file, bytes.length, "the file is shorter than a segment's header");
        }
        Optional<SyncMark> mark = SyncMark.newest(bytes, checksum);
        try {
            SegmentHeader header = SegmentHeader.decode(bytes, checksum);
            return Optional.of(new SegmentScan(file, bytes, checksum, header, mark));
        } catch (UnknownFormatException e) {
            throw e.in(file);
        } catch (IllegalArgumentException e) {
            if (last && mark.isEmpty()) {
                return Optional.empty();
            }
            throw new DamagedDataException(file, 0, "the segment's header is damaged (" + e.getMessage() + ")");
        }
    }

    SegmentHeader header() {
        return header;
    }

    Optional<SyncMark> mark() {
        return mark;
    }

    /** Reads all records of a segment that another one follows, whose header says where this one ends. */
    void readSealed(int endOffset, int endCrc, Visitor visitor) {
        End end = read(visitor);
        if (end.offset != endOffset || end.crc != endCrc) {
            throw new DamagedDataException(
                    file,
                    Math.min(end.offset, endOffset),
                    "a record is damaged: sound records end at " + end.offset + ", and should at " + endOffset);
        }
    }

    /** Reads all records of the last segment. */
    End readLast(Visitor visitor) {
        End end = read(visitor);
        int syncedEnd = mark.map(SyncMark::syncedEnd).orElse(0);
        if (end.offset < syncedEnd) {
            throw new DamagedDataException(
                    file,
                    end.offset,
                    "a record is damaged that was durable: everything before offset " + syncedEnd + " was");
        }
        return end;
    }

    private End read(Visitor visitor) {
        int offset = SegmentHeader.BYTES;
        int crc = SegmentHeader.crc(bytes);
        while (true) {
            Optional<Frame> frame = Frame.read(bytes, offset, bytes.length, crc, checksum);
            if (frame.isEmpty()) {
                return new End(offset, crc, !zerosFrom(offset));
            }
            visitor.record(offset, decode(frame.get(), offset));
            offset = frame.get().endOffset();
            crc = frame.get().crc();
        }
    }

    private LogRecord decode(Frame frame, int offset) {
        try {
            return LogRecord.read(frame.reader(bytes));
        } catch (UnknownFormatException e) {
            throw e.in(file);
        } catch (IllegalArgumentException e) {
            throw new DamagedDataException(
                    file, offset, "a record has a sound checksum and makes no sense (" + e.getMessage() + ")");
        }
    }

    private boolean zerosFrom(int offset) {
        for (int i = offset; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
