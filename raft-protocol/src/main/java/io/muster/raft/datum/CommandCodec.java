package io.muster.raft.datum;

import io.muster.consistency.Change;
import io.muster.consistency.Codec;
import io.muster.consistency.Condition;
import io.muster.consistency.Key;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.wire.ByteReader;
import io.muster.raft.wire.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Bytes of a {@link DatumCommand}: format version, request id, the index after which it left for a log, then the changes. Stateless, for any thread. */
final class CommandCodec<V> {

    private static final int FORMAT = 2;

    /** It lacks {@link DatumCommand#leftAfter}. */
    private static final int FORMAT_BEFORE = 1;

    /** Behind the format, node id, run id and sequence. */
    private static final int LEFT_AFTER_OFFSET = 1 + 4 * Long.BYTES;

    private static final int PUT = 1;
    private static final int REMOVE = 2;
    private static final int ALWAYS = 0;
    private static final int ABSENT = 1;
    private static final int PRESENT = 2;
    private static final int VERSION_IS = 3;

    /** Fixed part of a change: kind, condition, two text lengths, a cause or a value length. */
    private static final int CHANGE_BYTES_MIN = 1 + 1 + Integer.BYTES + Integer.BYTES + 1;

    private final Codec<V> values;

    CommandCodec(Codec<V> values) {
        this.values = values;
    }

    /** A command with its bytes. */
    // The array goes into the log as it is; nobody else holds it.
    @SuppressWarnings("ArrayRecordComponent")
    record Encoded<V>(DatumCommand<V> command, byte[] bytes) {}

    /** @throws IllegalArgumentException for a key that has no encoding */
    Encoded<V> encode(RequestId request, long leftAfter, List<Change<V>> changes) {
        int[] valueLengths = new int[changes.size()];
        long[] valueHashes = new long[changes.size()];
        ByteWriter writer = new ByteWriter(128 * (1 + changes.size()));
        writer.putByte(FORMAT);
        writer.putNodeId(request.node()).putLong(request.runId()).putLong(request.sequence());
        writer.putLong(leftAfter);
        writer.putInt(changes.size());
        for (int i = 0; i < changes.size(); i++) {
            Change<V> change = changes.get(i);
            writer.putByte(change instanceof Change.Put<V> ? PUT : REMOVE);
            writeCondition(change.condition(), writer);
            writer.putText(change.key().group()).putText(change.key().id());
            if (change instanceof Change.Put<V> put) {
                byte[] value = values.encode(put.value());
                writer.putBytes(value);
                valueLengths[i] = value.length;
                valueHashes[i] = StateHash.ofValue(value);
            } else if (change instanceof Change.Remove<V> remove) {
                writer.putByte(code(remove.cause()));
            }
        }
        byte[] bytes = writer.toBytes();
        return new Encoded<>(
                new DatumCommand<>(request, leftAfter, changes, valueLengths, valueHashes, bytes.length), bytes);
    }

    /** Changes bytes of {@link #encode}: the command leaves for a log. */
    static void setLeftAfter(byte[] bytes, long leftAfter) {
        ByteBuffer.wrap(bytes).putLong(LEFT_AFTER_OFFSET, leftAfter);
    }

    /** @throws IllegalArgumentException if the bytes are no command */
    DatumCommand<V> decode(byte[] bytes) {
        ByteReader reader = new ByteReader(bytes);
        int format = reader.getByte();
        if (format != FORMAT && format != FORMAT_BEFORE) {
            throw new UnknownFormatException("command", format, FORMAT);
        }
        RequestId request = new RequestId(reader.getNodeId(), reader.getLong(), reader.getLong());
        long leftAfter = format == FORMAT_BEFORE ? DatumCommand.ANY_TIME : reader.getLong();
        int count = reader.getCount(CHANGE_BYTES_MIN);
        List<Change<V>> changes = new ArrayList<>(count);
        int[] valueLengths = new int[count];
        long[] valueHashes = new long[count];
        for (int i = 0; i < count; i++) {
            int kind = reader.getByte();
            Condition condition = readCondition(reader);
            Key key = Key.persistent(reader.getText(), reader.getText());
            if (kind == PUT) {
                OwnForm<V> form = OwnForm.of(values, reader.getBytes());
                valueLengths[i] = form.length();
                valueHashes[i] = form.hash();
                changes.add(new Change.Put<>(key, form.value(), Optional.empty(), condition));
            } else if (kind == REMOVE) {
                changes.add(new Change.Remove<>(key, readCause(reader), condition));
            } else {
                throw reader.malformed("unknown kind of change " + kind);
            }
        }
        reader.end();
        return new DatumCommand<>(request, leftAfter, changes, valueLengths, valueHashes, bytes.length);
    }

    private static void writeCondition(Condition condition, ByteWriter writer) {
        if (condition instanceof Condition.VersionIs is) {
            writer.putByte(VERSION_IS).putLong(is.version().asLong());
        } else if (condition instanceof Condition.Absent) {
            writer.putByte(ABSENT);
        } else if (condition instanceof Condition.Present) {
            writer.putByte(PRESENT);
        } else {
            writer.putByte(ALWAYS);
        }
    }

    private static Condition readCondition(ByteReader reader) {
        int kind = reader.getByte();
        return switch (kind) {
            case ALWAYS -> Condition.ALWAYS;
            case ABSENT -> Condition.ABSENT;
            case PRESENT -> Condition.PRESENT;
            case VERSION_IS -> Condition.versionIs(new Version.LogIndex(reader.getLong()));
            default -> throw reader.malformed("unknown kind of condition " + kind);
        };
    }

    private static int code(Removal cause) {
        return switch (cause) {
            case CLIENT -> 1;
            case OPERATOR -> 2;
            case EXPIRED -> 3;
            case HOUSEKEEPING -> 4;
            case WHILE_AWAY -> 5;
        };
    }

    private static Removal readCause(ByteReader reader) {
        int code = reader.getByte();
        for (Removal cause : Removal.values()) {
            if (code(cause) == code) {
                return cause;
            }
        }
        throw reader.malformed("unknown cause of removal " + code);
    }
}
