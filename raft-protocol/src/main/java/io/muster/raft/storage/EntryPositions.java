package io.muster.raft.storage;

import java.util.Arrays;

/**
 * Where each entry of the log stands on disk: eight bytes an entry, for reading entries by index.
 *
 * <p>Invariant: holds the positions of {@code [firstIndex, firstIndex + count)}.
 */
final class EntryPositions {

    private static final int CAPACITY_MIN = 1024;

    /** A position packs the segment's sequence above the offset, which is below the largest segment's length. */
    private static final int OFFSET_BITS = 27;

    private long[] positions = new long[CAPACITY_MIN];
    private long firstIndex;
    private int count;

    EntryPositions(long firstIndex) {
        this.firstIndex = firstIndex;
    }

    long firstIndex() {
        return firstIndex;
    }

    /** Index behind the last. */
    long endIndex() {
        return firstIndex + count;
    }

    /** Sets the last entry; those from its index on are forgotten. */
    void put(long index, long segment, int offset) {
        truncateFrom(index);
        if (index != endIndex()) {
            throw new IllegalArgumentException("position of " + index + " after " + (endIndex() - 1));
        }
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, 2 * count);
        }
        positions[count++] = segment << OFFSET_BITS | offset;
    }

    long segmentOf(long index) {
        return positions[slot(index)] >>> OFFSET_BITS;
    }

    int offsetOf(long index) {
        return (int) (positions[slot(index)] & ((1L << OFFSET_BITS) - 1));
    }

    void truncateFrom(long index) {
        count = (int) Math.max(0, Math.min(count, index - firstIndex));
    }

    /** Forgets everything; the next entry is the one with this index. */
    void reset(long nextIndex) {
        count = 0;
        firstIndex = nextIndex;
    }

    /** Forgets what stands before the index. */
    void dropBefore(long index) {
        int drop = (int) Math.max(0, Math.min(count, index - firstIndex));
        if (drop > 0) {
            positions = Arrays.copyOfRange(positions, drop, Math.max(drop + CAPACITY_MIN, count));
            count -= drop;
        }
        firstIndex = Math.max(firstIndex, index);
    }

    private int slot(long index) {
        if (index < firstIndex || index >= endIndex()) {
            throw new IllegalArgumentException(
                    "entry " + index + " is not in [" + firstIndex + ", " + endIndex() + ")");
        }
        return (int) (index - firstIndex);
    }
}
