package io.muster.raft.datum;

import io.muster.consistency.Key;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.wire.ByteReader;
import io.muster.raft.wire.ByteWriter;

/** The chunks of a snapshot: format, kind, count, elements; the last one says what the whole must come to. */
final class SnapshotForm {

    static final int FORMAT = 1;
    static final int DATA = 1;
    static final int REQUESTS = 2;
    static final int END = 3;

    /** A chunk is closed when it has reached this length. */
    static final int CHUNK_BYTES = 64 << 10;

    /** Of one datum without its texts and its value: version and three lengths. */
    static final int DATUM_FIXED_BYTES = Long.BYTES + 3 * Integer.BYTES;

    static final int REQUEST_BYTES = 5 * Long.BYTES + Integer.BYTES;

    /** Format, kind, count, and room for the last chunk. */
    static final int OVERHEAD_BYTES = 64;

    private static final int COUNT_OFFSET = 2;

    private SnapshotForm() {}

    static ByteWriter begin(int kind, int sizeExpected) {
        return new ByteWriter(sizeExpected).putByte(FORMAT).putByte(kind).putInt(0);
    }

    static byte[] finish(ByteWriter writer, int count) {
        writer.setInt(COUNT_OFFSET, count);
        return writer.toBytes();
    }

    /** @return the kind */
    static int readKind(ByteReader reader) {
        int format = reader.getByte();
        if (format != FORMAT) {
            throw new UnknownFormatException("snapshot", format, FORMAT);
        }
        return reader.getByte();
    }

    /** How long the datum is in a snapshot. */
    static long datumBytes(Key key, int valueLength) {
        return (long) DATUM_FIXED_BYTES + utf8Length(key.group()) + utf8Length(key.id()) + valueLength;
    }

    private static int utf8Length(String text) {
        int length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit >= 0x80) {
                // Of a surrogate pair each half stands for two of the four bytes.
                length += unit < 0x800 || Character.isSurrogate(unit) ? 1 : 2;
            }
        }
        return length;
    }
}
