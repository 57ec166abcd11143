package io.muster.distro.wire;

import io.muster.consistency.Change;
import io.muster.consistency.Codec;
import io.muster.consistency.Key;
import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.Message;
import io.muster.distro.core.Message.Aged;
import io.muster.distro.core.Message.AskBeats;
import io.muster.distro.core.Message.Asked;
import io.muster.distro.core.Message.Beats;
import io.muster.distro.core.Message.BucketDigest;
import io.muster.distro.core.Message.BucketGroups;
import io.muster.distro.core.Message.Cursor;
import io.muster.distro.core.Message.DigestBuckets;
import io.muster.distro.core.Message.DigestGroups;
import io.muster.distro.core.Message.DigestRecords;
import io.muster.distro.core.Message.DigestRoot;
import io.muster.distro.core.Message.Forward;
import io.muster.distro.core.Message.Forwarded;
import io.muster.distro.core.Message.GroupDigest;
import io.muster.distro.core.Message.LeaseAges;
import io.muster.distro.core.Message.Line;
import io.muster.distro.core.Message.Passed;
import io.muster.distro.core.Message.Renewals;
import io.muster.distro.core.Message.RenewalsAck;
import io.muster.distro.core.Message.Repair;
import io.muster.distro.core.Message.Repaired;
import io.muster.distro.core.Message.Result;
import io.muster.distro.core.Message.SnapshotChunk;
import io.muster.distro.core.Message.SnapshotNotReady;
import io.muster.distro.core.Message.SnapshotRequest;
import io.muster.distro.core.Message.Summary;
import io.muster.distro.core.Message.SyncAck;
import io.muster.distro.core.Message.SyncBatch;
import io.muster.member.NodeId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.CRC32C;

/**
 * Bytes of a {@link Frame}: checksum of the rest, format version, kind, the sender's clock, the message. Each kind writes and reads its parts in the same order, one
 * method after the other below.
 */
public final class MessageCodec<V> {

    /** Raised with every change of the form; an old one is read as long as a member may speak it (R32). */
    public static final int FORMAT = 1;

    private static final int SYNC_BATCH = 1;
    private static final int SYNC_ACK = 2;
    private static final int FORWARD = 3;
    private static final int FORWARDED = 4;
    private static final int RENEWALS = 5;
    private static final int RENEWALS_ACK = 6;
    private static final int ASK_BEATS = 7;
    private static final int BEATS = 8;
    private static final int LEASE_AGES = 9;
    private static final int DIGEST_ROOT = 10;
    private static final int DIGEST_BUCKETS = 11;
    private static final int DIGEST_GROUPS = 12;
    private static final int DIGEST_RECORDS = 13;
    private static final int REPAIR = 14;
    private static final int REPAIRED = 15;
    private static final int SNAPSHOT_REQUEST = 16;
    private static final int SNAPSHOT_CHUNK = 17;
    private static final int SNAPSHOT_NOT_READY = 18;

    private static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int FRAME_BYTES_USUAL = 512;

    private final RecordCodec<V> records;

    /** @param values of the caller; what it throws for bytes that are no value is taken for a malformed frame */
    public MessageCodec(Codec<V> values) {
        this.records = new RecordCodec<>(values);
    }

    /** What the changes take in a frame, about; any thread. */
    public long bytesOf(List<Change<V>> changes) {
        return records.bytesOf(changes);
    }

    public byte[] encode(Frame<V> frame) {
        ByteWriter out = new ByteWriter(FRAME_BYTES_USUAL);
        out.int32(0);
        out.int8(FORMAT);
        frame.message().to(new NodeId(0, 0), new Writing(out, frame.clock()));
        byte[] bytes = out.toBytes();
        sign(bytes);
        return bytes;
    }

    /** @throws IllegalArgumentException if the bytes are no frame of this format; the message names the place and what was wrong */
    public Frame<V> decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        if (in.int32() != checksum(bytes)) {
            throw in.malformed("checksum differs");
        }
        int format = in.int8();
        if (format != FORMAT) {
            throw in.malformed("format " + format + " where " + FORMAT + " is known");
        }
        int kind = in.int8();
        long clock = in.int64();
        if (clock < 0) {
            throw in.malformed("clock before its beginning: " + clock);
        }
        Message<V> message = read(kind, in);
        in.requireEnd();
        return new Frame<>(clock, message);
    }

    /** Writes the checksum of a frame into its place. */
    static void sign(byte[] frame) {
        ByteBuffer.wrap(frame).putInt(0, checksum(frame));
    }

    private static int checksum(byte[] frame) {
        CRC32C crc = new CRC32C();
        crc.update(frame, CHECKSUM_BYTES, frame.length - CHECKSUM_BYTES);
        return (int) crc.getValue();
    }

    private Message<V> read(int kind, ByteReader in) {
        return switch (kind) {
            case SYNC_BATCH -> new SyncBatch<>(in.int64(), records(in), in.list(16, () -> nodeId(in)));
            case SYNC_ACK -> new SyncAck<>(in.int64());
            case FORWARD -> new Forward<>(in.int64(), in.list(RecordCodec.CHANGE_BYTES_MIN, () -> passed(in)));
            case FORWARDED -> new Forwarded<>(in.int64(), in.list(2, () -> result(in)));
            case RENEWALS -> new Renewals<>(in.int64(), in.list(RecordCodec.KEY_BYTES_MIN, () -> aged(in)));
            case RENEWALS_ACK -> new RenewalsAck<>(in.int64(), keys(in));
            case ASK_BEATS ->
                new AskBeats<>(in.int64(), records.mark(in), in.list(RecordCodec.KEY_BYTES_MIN, () -> asked(in)));
            case BEATS -> new Beats<>(in.int64(), in.list(1, () -> in.size() - 1));
            case LEASE_AGES ->
                new LeaseAges<>(in.list(1, in::text), in.list(RecordCodec.KEY_BYTES_MIN, () -> aged(in)));
            case DIGEST_ROOT -> new DigestRoot<>(in.int64(), in.int64(), in.int64());
            case DIGEST_BUCKETS ->
                new DigestBuckets<>(
                        in.int64(),
                        in.flag(),
                        in.int64(),
                        in.list(9, () -> new BucketDigest(in.intSize(), in.int64())));
            case DIGEST_GROUPS -> new DigestGroups<>(in.int64(), in.size(), in.list(2, () -> bucketGroups(in)));
            case DIGEST_RECORDS ->
                new DigestRecords<>(
                        in.int64(),
                        in.size(),
                        in.list(4, () -> summary(in)),
                        in.list(Long.BYTES, in::int64),
                        in.flag());
            case REPAIR -> new Repair<>(in.int64(), in.size(), records(in), keys(in));
            case REPAIRED -> new Repaired<>(in.int64(), in.size(), records(in));
            case SNAPSHOT_REQUEST -> new SnapshotRequest<>(in.int64(), cursor(in));
            case SNAPSHOT_CHUNK ->
                new SnapshotChunk<>(in.int64(), cursor(in), cursor(in), in.size(), in.size(), records(in));
            case SNAPSHOT_NOT_READY -> new SnapshotNotReady<>(in.int64(), in.size());
            default -> throw in.malformed("no kind of message: " + kind);
        };
    }

    private List<DistroRecord<V>> records(ByteReader in) {
        return in.list(RecordCodec.RECORD_BYTES_MIN, () -> records.record(in));
    }

    private List<Key> keys(ByteReader in) {
        return in.list(RecordCodec.KEY_BYTES_MIN, () -> records.key(in));
    }

    private NodeId nodeId(ByteReader in) {
        return new NodeId(in.int64(), in.int64());
    }

    private Passed<V> passed(ByteReader in) {
        return new Passed<>(records.change(in), records.version(in));
    }

    private Result<V> result(ByteReader in) {
        return new Result<>(in.flag(), optional(in, records::record));
    }

    private Aged aged(ByteReader in) {
        return new Aged(records.key(in), in.size());
    }

    private Asked asked(ByteReader in) {
        return new Asked(records.key(in), records.version(in));
    }

    private BucketGroups bucketGroups(ByteReader in) {
        return new BucketGroups(
                in.intSize(),
                in.list(17, () -> new GroupDigest(in.int64(), in.int64(), in.list(Long.BYTES, in::int64))));
    }

    private Summary summary(ByteReader in) {
        return new Summary(
                in.text(),
                in.intSize(),
                in.intSize(),
                in.list(RecordCodec.VERSION_BYTES, () -> new Line(in.text(), records.stamp(in))));
    }

    private Optional<Cursor> cursor(ByteReader in) {
        return optional(in, reader -> new Cursor(reader.int64(), reader.int64()));
    }

    private static <T> Optional<T> optional(ByteReader in, Function<ByteReader, T> read) {
        return in.flag() ? Optional.of(read.apply(in)) : Optional.empty();
    }

    /** Writes the message that hands itself over. */
    private final class Writing implements Message.Handler<V> {

        private final ByteWriter out;
        private final long clock;

        Writing(ByteWriter out, long clock) {
            this.out = out;
            this.clock = clock;
        }

        private void begin(int kind) {
            out.int8(kind);
            out.int64(clock);
        }

        private void begin(int kind, long number) {
            begin(kind);
            out.int64(number);
        }

        @Override
        public void syncBatch(NodeId from, SyncBatch<V> message) {
            begin(SYNC_BATCH, message.batch());
            records(message.records());
            out.list(message.relayTo(), this::nodeId);
        }

        @Override
        public void syncAck(NodeId from, SyncAck<V> message) {
            begin(SYNC_ACK, message.batch());
        }

        @Override
        public void forward(NodeId from, Forward<V> message) {
            begin(FORWARD, message.request());
            out.list(message.changes(), passed -> {
                records.change(out, passed.change());
                records.version(out, passed.proposed());
            });
        }

        @Override
        public void forwarded(NodeId from, Forwarded<V> message) {
            begin(FORWARDED, message.request());
            out.list(message.results(), result -> {
                out.flag(result.refused());
                optional(result.standing(), record -> records.record(out, record));
            });
        }

        @Override
        public void renewals(NodeId from, Renewals<V> message) {
            begin(RENEWALS, message.batch());
            out.list(message.renewals(), this::aged);
        }

        @Override
        public void renewalsAck(NodeId from, RenewalsAck<V> message) {
            begin(RENEWALS_ACK, message.batch());
            keys(message.unknown());
        }

        @Override
        public void askBeats(NodeId from, AskBeats<V> message) {
            begin(ASK_BEATS, message.round());
            records.mark(out, message.claim());
            out.list(message.sessions(), asked -> {
                records.key(out, asked.key());
                records.version(out, asked.version());
            });
        }

        @Override
        public void beats(NodeId from, Beats<V> message) {
            begin(BEATS, message.round());
            out.list(message.agesMillis(), age -> out.size(age + 1));
        }

        @Override
        public void leaseAges(NodeId from, LeaseAges<V> message) {
            begin(LEASE_AGES);
            out.list(message.groups(), out::text);
            out.list(message.ages(), this::aged);
        }

        @Override
        public void digestRoot(NodeId from, DigestRoot<V> message) {
            begin(DIGEST_ROOT, message.round());
            out.int64(message.root());
            out.int64(message.ring());
        }

        @Override
        public void digestBuckets(NodeId from, DigestBuckets<V> message) {
            begin(DIGEST_BUCKETS, message.round());
            out.flag(message.equal());
            out.int64(message.ring());
            out.list(message.buckets(), bucket -> {
                out.size(bucket.bucket());
                out.int64(bucket.digest());
            });
        }

        @Override
        public void digestGroups(NodeId from, DigestGroups<V> message) {
            begin(DIGEST_GROUPS, message.round());
            out.size(message.step());
            out.list(message.buckets(), bucket -> {
                out.size(bucket.bucket());
                out.list(bucket.groups(), group -> {
                    out.int64(group.nameHash());
                    out.int64(group.digest());
                    out.list(group.slices(), out::int64);
                });
            });
        }

        @Override
        public void digestRecords(NodeId from, DigestRecords<V> message) {
            begin(DIGEST_RECORDS, message.round());
            out.size(message.step());
            out.list(message.summaries(), summary -> {
                out.text(summary.group());
                out.size(summary.slice());
                out.size(summary.slices());
                out.list(summary.lines(), line -> {
                    out.text(line.id());
                    records.stamp(out, line.stamp());
                });
            });
            out.list(message.lacking(), out::int64);
            out.flag(message.more());
        }

        @Override
        public void repair(NodeId from, Repair<V> message) {
            begin(REPAIR, message.round());
            out.size(message.step());
            records(message.records());
            keys(message.wanted());
        }

        @Override
        public void repaired(NodeId from, Repaired<V> message) {
            begin(REPAIRED, message.round());
            out.size(message.step());
            records(message.records());
        }

        @Override
        public void snapshotRequest(NodeId from, SnapshotRequest<V> message) {
            begin(SNAPSHOT_REQUEST, message.load());
            optional(message.after(), this::cursor);
        }

        @Override
        public void snapshotChunk(NodeId from, SnapshotChunk<V> message) {
            begin(SNAPSHOT_CHUNK, message.load());
            optional(message.after(), this::cursor);
            optional(message.next(), this::cursor);
            out.size(message.total());
            out.size(message.warmUpMillis());
            records(message.records());
        }

        @Override
        public void snapshotNotReady(NodeId from, SnapshotNotReady<V> message) {
            begin(SNAPSHOT_NOT_READY, message.load());
            out.size(message.warmUpMillis());
        }

        private void records(List<DistroRecord<V>> all) {
            out.list(all, record -> records.record(out, record));
        }

        private void keys(List<Key> all) {
            out.list(all, key -> records.key(out, key));
        }

        private void aged(Aged aged) {
            records.key(out, aged.key());
            out.size(Math.max(0, aged.ageMillis()));
        }

        private void nodeId(NodeId id) {
            out.int64(id.high());
            out.int64(id.low());
        }

        private void cursor(Cursor cursor) {
            out.int64(cursor.groupHash());
            out.int64(cursor.idHash());
        }

        private <T> void optional(Optional<T> value, Consumer<T> write) {
            out.flag(value.isPresent());
            value.ifPresent(write);
        }
    }
}
