package io.muster.sim.example;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/** A message between replicas; as a frame it ends with a checksum. The round ties an answer to its question. */
record RegisterMessage(Kind kind, long round, int key, Stored stored) {

    enum Kind {
        QUERY(1),
        STATE(2),
        STORE(3),
        STORED(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        static Optional<Kind> of(int code) {
            return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
        }
    }

    private static final int BODY_BYTES = 1 + Long.BYTES + Integer.BYTES + 3 * Long.BYTES;

    byte[] encode() {
        ByteBuffer frame = ByteBuffer.allocate(BODY_BYTES + Integer.BYTES);
        frame.put((byte) kind.code).putLong(round).putInt(key);
        frame.putLong(stored.stamp().counter()).putLong(stored.stamp().origin()).putLong(stored.value());
        frame.putInt(checksum(frame.array(), BODY_BYTES));
        return frame.array();
    }

    /** @return empty if the frame is damaged */
    static Optional<RegisterMessage> decode(byte[] frame, boolean checked) {
        if (frame.length != BODY_BYTES + Integer.BYTES) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        if (checked && buffer.getInt(BODY_BYTES) != checksum(frame, BODY_BYTES)) {
            return Optional.empty();
        }
        Optional<Kind> kind = Kind.of(buffer.get());
        long round = buffer.getLong();
        int key = buffer.getInt();
        Stamp stamp = new Stamp(buffer.getLong(), buffer.getLong());
        Stored stored = new Stored(stamp, buffer.getLong());
        return kind.map(known -> new RegisterMessage(known, round, key, stored));
    }

    static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
