package io.muster.raft.datum;

import io.muster.consistency.Codec;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.raft.InvariantBroken;
import io.muster.raft.StateMachine;
import io.muster.raft.wire.ByteWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state as it was at one index, given out in chunks while later changes go on (R20).
 *
 * <p>It walks the live map in key order and skips what is newer than its index. What a later change replaces or removes before the walk has
 * come there is kept aside by {@link #beforeChange} and given out at the end. So it costs memory only for what changes meanwhile, and no
 * turn of the engine takes longer than one chunk.
 */
final class SnapshotSave<V> implements StateMachine.SnapshotSource {

    /** Bound on the data that one chunk looks at, skipped ones included. */
    private static final int VISITS_MAX = 4096;

    private final DatumMap<V> data;
    private final Codec<V> values;
    private final long index;
    private final long stateHash;
    private final Runnable onClose;

    /** Data as of {@code index} that the live map no longer has so. */
    private final TreeMap<Key, Datum<V>> before = new TreeMap<>();

    private final Iterator<Map.Entry<RequestId, RequestTable.Answer>> requests;
    private final long requestCount;

    /** The walk has seen all keys up to this one; null before the first. */
    private @Nullable Key cursor;

    private long dataCount;

    /** Sum of the hashes of what was given out. */
    private long givenHash;

    private Phase phase = Phase.LIVE;
    private boolean closed;

    private enum Phase {
        LIVE,
        BEFORE,
        REQUESTS,
        END,
        DONE
    }

    SnapshotSave(
            DatumMap<V> data,
            Codec<V> values,
            long index,
            long stateHash,
            List<Map.Entry<RequestId, RequestTable.Answer>> requests,
            Runnable onClose) {
        this.data = data;
        this.values = values;
        this.index = index;
        this.stateHash = stateHash;
        this.requests = requests.iterator();
        this.requestCount = requests.size();
        this.onClose = onClose;
    }

    /** The datum is about to be replaced or removed. */
    void beforeChange(Datum<V> old) {
        boolean seen = phase != Phase.LIVE || (cursor != null && old.key().compareTo(cursor) <= 0);
        if (!seen && old.version().asLong() <= index) {
            before.put(old.key(), old);
        }
    }

    @Override
    public Optional<byte[]> next() {
        return switch (phase) {
            case LIVE -> Optional.of(nextLive());
            case BEFORE -> Optional.of(nextBefore());
            case REQUESTS -> Optional.of(nextRequests());
            case END -> {
                phase = Phase.DONE;
                if (givenHash != stateHash) {
                    throw new InvariantBroken(
                            "SnapshotFaithful",
                            "the state at " + index + " has hash " + stateHash + ", its snapshot " + givenHash);
                }
                ByteWriter writer = SnapshotForm.begin(SnapshotForm.END, SnapshotForm.OVERHEAD_BYTES);
                writer.putLong(dataCount).putLong(requestCount).putLong(stateHash);
                yield Optional.of(SnapshotForm.finish(writer, 1));
            }
            case DONE -> Optional.empty();
        };
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            phase = Phase.DONE;
            before.clear();
            onClose.run();
        }
    }

    private byte[] nextLive() {
        ByteWriter writer = SnapshotForm.begin(SnapshotForm.DATA, SnapshotForm.CHUNK_BYTES);
        int count = 0;
        int visits = 0;
        for (Datum<V> datum : data.after(cursor).values()) {
            if (visits == VISITS_MAX || writer.size() >= SnapshotForm.CHUNK_BYTES) {
                dataCount += count;
                return SnapshotForm.finish(writer, count);
            }
            visits++;
            cursor = datum.key();
            if (datum.version().asLong() <= index) {
                write(datum, writer);
                count++;
            }
        }
        phase = Phase.BEFORE;
        dataCount += count;
        return SnapshotForm.finish(writer, count);
    }

    private byte[] nextBefore() {
        ByteWriter writer = SnapshotForm.begin(SnapshotForm.DATA, SnapshotForm.CHUNK_BYTES);
        int count = 0;
        while (!before.isEmpty() && writer.size() < SnapshotForm.CHUNK_BYTES) {
            write(before.pollFirstEntry().getValue(), writer);
            count++;
        }
        if (before.isEmpty()) {
            phase = Phase.REQUESTS;
        }
        dataCount += count;
        return SnapshotForm.finish(writer, count);
    }

    private byte[] nextRequests() {
        ByteWriter writer = SnapshotForm.begin(SnapshotForm.REQUESTS, SnapshotForm.CHUNK_BYTES);
        int count = 0;
        while (requests.hasNext() && writer.size() < SnapshotForm.CHUNK_BYTES) {
            Map.Entry<RequestId, RequestTable.Answer> entry = requests.next();
            RequestId request = entry.getKey();
            writer.putNodeId(request.node()).putLong(request.runId()).putLong(request.sequence());
            writer.putLong(entry.getValue().index()).putInt(entry.getValue().conflict());
            givenHash += StateHash.ofRequest(request, entry.getValue());
            count++;
        }
        if (!requests.hasNext()) {
            phase = Phase.END;
        }
        return SnapshotForm.finish(writer, count);
    }

    private void write(Datum<V> datum, ByteWriter writer) {
        writer.putLong(datum.version().asLong());
        writer.putText(datum.key().group()).putText(datum.key().id());
        byte[] value = values.encode(datum.value());
        writer.putBytes(value);
        givenHash += StateHash.ofDatum(datum.key(), datum.version().asLong(), StateHash.ofValue(value));
    }
}
