package io.muster.raft.datum;

import io.muster.consistency.Change;
import java.util.List;

/**
 * A batch of changes as it goes through the log: all of it happens, or nothing.
 *
 * @param <V> the caller's values
 */
public final class DatumCommand<V> {

    /** Of a command that does not tell when it first went to a log. */
    static final long ANY_TIME = Long.MAX_VALUE;

    private final RequestId request;
    private final long leftAfter;
    private final List<Change<V>> changes;

    /** For each put, length and hash of the value in its {@link OwnForm}, so that applying need not encode again; parallel to {@code changes}. */
    private final int[] valueLengths;

    private final long[] valueHashes;
    private final int encodedBytes;

    DatumCommand(
            RequestId request,
            long leftAfter,
            List<Change<V>> changes,
            int[] valueLengths,
            long[] valueHashes,
            int encodedBytes) {
        this.request = request;
        this.leftAfter = leftAfter;
        this.changes = List.copyOf(changes);
        this.valueLengths = valueLengths;
        this.valueHashes = valueHashes;
        this.encodedBytes = encodedBytes;
    }

    public List<Change<V>> changes() {
        return changes;
    }

    /** Length of the encoding. */
    public int encodedBytes() {
        return encodedBytes;
    }

    RequestId request() {
        return request;
    }

    /**
     * An index that was committed before the command first went to a log, so that none of its copies stands at or before it; {@link #ANY_TIME} if the command
     * does not tell.
     */
    long leftAfter() {
        return leftAfter;
    }

    /** The same, with that index. */
    DatumCommand<V> leaving(long after) {
        return new DatumCommand<>(request, after, changes, valueLengths, valueHashes, encodedBytes);
    }

    int valueLength(int change) {
        return valueLengths[change];
    }

    long valueHash(int change) {
        return valueHashes[change];
    }
}
