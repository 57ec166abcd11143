package io.muster.raft.datum;

import io.muster.consistency.Change;
import java.util.List;

/**
 * A batch of changes as it goes through the log: all of it happens, or nothing.
 *
 * @param <V> the caller's values
 */
public final class DatumCommand<V> {

    private final RequestId request;
    private final List<Change<V>> changes;

    /** For each put, length and hash of the encoded value, so that applying need not encode again; parallel to {@code changes}. */
    private final int[] valueLengths;

    private final long[] valueHashes;
    private final int encodedBytes;

    DatumCommand(RequestId request, List<Change<V>> changes, int[] valueLengths, long[] valueHashes, int encodedBytes) {
        this.request = request;
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

    int valueLength(int change) {
        return valueLengths[change];
    }

    long valueHash(int change) {
        return valueHashes[change];
    }
}
