package io.muster.raft.datum;

import io.muster.consistency.Codec;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import java.util.Optional;

/** The whole replicated state at one moment: the data, the requests applied lately, and the sums over both. The engine's thread changes it. */
final class DatumState<V> implements SnapshotLoad.Target<V> {

    private final Codec<V> values;
    private final DatumMap<V> data = new DatumMap<>();
    private final RequestTable requests = new RequestTable();

    /** Sum of the hashes of all data. */
    private long dataHash;

    /** What all data take in a snapshot. */
    private long dataBytes;

    /** Of the last command; 0 before the first. */
    private long lastIndex;

    DatumState(Codec<V> values) {
        this.values = values;
    }

    /** Any thread may read it. */
    DatumMap<V> data() {
        return data;
    }

    RequestTable requests() {
        return requests;
    }

    long lastIndex() {
        return lastIndex;
    }

    void applied(long index) {
        lastIndex = index;
    }

    void put(Datum<V> datum, int valueLength, long valueHash) {
        data.put(datum).ifPresent(this::subtract);
        add(datum, valueLength, valueHash);
    }

    /** @return what was there */
    Optional<Datum<V>> remove(Key key) {
        Optional<Datum<V>> gone = data.remove(key);
        gone.ifPresent(this::subtract);
        return gone;
    }

    private void add(Datum<V> datum, int valueLength, long valueHash) {
        dataHash += StateHash.ofDatum(datum.key(), datum.version().asLong(), valueHash);
        dataBytes += SnapshotForm.datumBytes(datum.key(), valueLength);
    }

    /** Encodes the value once more rather than keep its hash with each datum: memory is what a big registry is short of. */
    private void subtract(Datum<V> gone) {
        byte[] value = values.encode(gone.value());
        dataHash -= StateHash.ofDatum(gone.key(), gone.version().asLong(), StateHash.ofValue(value));
        dataBytes -= SnapshotForm.datumBytes(gone.key(), value.length);
    }

    long snapshotBytes() {
        return SnapshotForm.OVERHEAD_BYTES + dataBytes + (long) requests.size() * SnapshotForm.REQUEST_BYTES;
    }

    long hash() {
        return dataHash + requests.hash();
    }

    // As the target of a snapshot.

    @Override
    public void load(Datum<V> datum, int valueLength, long valueHash) {
        if (data.put(datum).isPresent()) {
            throw new IllegalArgumentException("the snapshot holds " + datum.key() + " twice");
        }
        lastIndex = Math.max(lastIndex, datum.version().asLong());
        add(datum, valueLength, valueHash);
    }

    @Override
    public void load(RequestId request, RequestTable.Answer answer) {
        lastIndex = Math.max(lastIndex, answer.index());
        requests.add(request, answer);
    }
}
