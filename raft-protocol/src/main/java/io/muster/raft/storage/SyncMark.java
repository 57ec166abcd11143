package io.muster.raft.storage;

import io.muster.raft.wire.ByteReader;
import io.muster.raft.wire.ByteWriter;
import java.util.Optional;

/**
 * Names the synced end of a segment: everything before it was durable when the mark was written. Marks alternate between two slots, each in a
 * sector of its own, so that a torn one leaves the other.
 *
 * @param number rising by one within a segment, from 1
 * @param syncedEnd offset behind the last synced record
 */
record SyncMark(long number, int syncedEnd) {

    private static final int CONTENT_BYTES = Long.BYTES + Integer.BYTES;
    private static final int SLOT_A = 512;
    private static final int SLOT_B = 1024;

    /** Where the mark is written. */
    int offset() {
        return number % 2 == 0 ? SLOT_A : SLOT_B;
    }

    byte[] encode(Checksum checksum) {
        byte[] content =
                new ByteWriter(CONTENT_BYTES).putLong(number).putInt(syncedEnd).toBytes();
        return new ByteWriter(CONTENT_BYTES + Integer.BYTES)
                .putRaw(content)
                .putInt(checksum.of(content, 0, CONTENT_BYTES))
                .toBytes();
    }

    /** The newest sound mark of a segment. */
    static Optional<SyncMark> newest(byte[] segment, Checksum checksum) {
        Optional<SyncMark> a = read(segment, SLOT_A, checksum);
        Optional<SyncMark> b = read(segment, SLOT_B, checksum);
        if (a.isPresent() && b.isPresent()) {
            return a.get().number > b.get().number ? a : b;
        }
        return a.or(() -> b);
    }

    private static Optional<SyncMark> read(byte[] segment, int offset, Checksum checksum) {
        if (segment.length < SegmentHeader.BYTES) {
            return Optional.empty();
        }
        ByteReader reader = new ByteReader(segment, offset, CONTENT_BYTES + Integer.BYTES);
        SyncMark mark = new SyncMark(reader.getLong(), reader.getInt());
        boolean sound = checksum.matches(reader.getInt(), segment, offset, CONTENT_BYTES)
                && mark.number > 0
                && mark.offset() == offset
                && mark.syncedEnd >= SegmentHeader.BYTES;
        return sound ? Optional.of(mark) : Optional.empty();
    }
}
