package io.muster.raft.datum;

import io.muster.consistency.Codec;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import io.muster.raft.StateMachine;
import io.muster.raft.wire.ByteReader;

/** Builds the state from chunks, and holds it against what the last chunk says of the whole (invariant {@code SnapshotFaithful}). */
final class SnapshotLoad<V> implements StateMachine.SnapshotSink {

    /** What takes the state; it was emptied before. */
    interface Target<V> {
        void load(Datum<V> datum, int valueLength, long valueHash);

        void load(RequestId request, RequestTable.Answer answer);
    }

    private final Codec<V> values;
    private final Target<V> target;
    private long dataCount;
    private long requestCount;

    /** Sum of the hashes of what the file holds, in the form in which it holds it. */
    private long fileHash;

    private boolean ended;

    SnapshotLoad(Codec<V> values, Target<V> target) {
        this.values = values;
        this.target = target;
    }

    @Override
    public void chunk(byte[] bytes) {
        ByteReader reader = new ByteReader(bytes);
        int kind = SnapshotForm.readKind(reader);
        if (ended) {
            throw reader.malformed("a chunk after the last one");
        }
        switch (kind) {
            case SnapshotForm.DATA -> data(reader);
            case SnapshotForm.REQUESTS -> requests(reader);
            case SnapshotForm.END -> end(reader);
            default -> throw reader.malformed("unknown kind of chunk " + kind);
        }
        reader.end();
    }

    @Override
    public void done() {
        if (!ended) {
            throw new IllegalArgumentException("the snapshot ends before its last chunk");
        }
    }

    private void data(ByteReader reader) {
        int count = reader.getCount(SnapshotForm.DATUM_FIXED_BYTES);
        for (int i = 0; i < count; i++) {
            Version version = new Version.LogIndex(reader.getLong());
            Key key = Key.persistent(reader.getText(), reader.getText());
            byte[] stored = reader.getBytes();
            fileHash += StateHash.ofDatum(key, version.asLong(), StateHash.ofValue(stored));
            OwnForm<V> form = OwnForm.of(values, stored);
            target.load(new Datum<>(key, version, Mark.HEALTHY, form.value()), form.length(), form.hash());
        }
        dataCount += count;
    }

    private void requests(ByteReader reader) {
        int count = reader.getCount(SnapshotForm.REQUEST_BYTES);
        for (int i = 0; i < count; i++) {
            RequestId request = new RequestId(reader.getNodeId(), reader.getLong(), reader.getLong());
            RequestTable.Answer answer = new RequestTable.Answer(reader.getLong(), reader.getInt());
            fileHash += StateHash.ofRequest(request, answer);
            target.load(request, answer);
        }
        requestCount += count;
    }

    private void end(ByteReader reader) {
        reader.getInt();
        long dataExpected = reader.getLong();
        long requestsExpected = reader.getLong();
        long hashExpected = reader.getLong();
        if (dataExpected != dataCount || requestsExpected != requestCount || hashExpected != fileHash) {
            throw reader.malformed("the snapshot says " + dataExpected + " data, " + requestsExpected
                    + " requests, hash " + hashExpected + ", and holds " + dataCount + ", " + requestCount + ", "
                    + fileHash);
        }
        ended = true;
    }
}
