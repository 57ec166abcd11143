package io.muster.raft.storage;

import io.muster.raft.wire.ByteReader;
import io.muster.raft.wire.ByteWriter;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A stretch of bytes that knows whether it is whole: checksum, length, link, content. The checksum covers all that follows it. The link is the
 * checksum of the frame before, so that what a torn write left behind is never taken for a continuation of what is written later.
 *
 * @param contentOffset where the content begins
 * @param contentLength 1 or more
 * @param crc the link of the next frame
 */
record Frame(int contentOffset, int contentLength, int crc) {

    static final int HEAD_BYTES = 3 * Integer.BYTES;

    private static final int CRC_BYTES = Integer.BYTES;

    int endOffset() {
        return contentOffset + contentLength;
    }

    ByteReader reader(byte[] bytes) {
        return new ByteReader(bytes, contentOffset, contentLength);
    }

    /**
     * Appends a frame.
     *
     * @param link checksum of the frame before
     * @return its checksum
     */
    static int write(ByteWriter writer, int link, Checksum checksum, Consumer<ByteWriter> content) {
        int start = writer.size();
        writer.putInt(0).putInt(0).putInt(link);
        content.accept(writer);
        writer.setInt(start + CRC_BYTES, writer.size() - start - HEAD_BYTES);
        int crc = checksum.of(writer.array(), start + CRC_BYTES, writer.size() - start - CRC_BYTES);
        writer.setInt(start, crc);
        return crc;
    }

    /** The frame at the offset; empty if there is no sound one that lies within the limit. */
    static Optional<Frame> read(byte[] bytes, int offset, int limit, Checksum checksum) {
        int length = lengthAt(bytes, offset, limit);
        if (length < 1 || length > limit - offset - HEAD_BYTES) {
            return Optional.empty();
        }
        int crc = new ByteReader(bytes, offset, CRC_BYTES).getInt();
        boolean sound = checksum.matches(crc, bytes, offset + CRC_BYTES, HEAD_BYTES - CRC_BYTES + length);
        return sound ? Optional.of(new Frame(offset + HEAD_BYTES, length, crc)) : Optional.empty();
    }

    /** The same, if it follows the frame with that checksum. */
    static Optional<Frame> read(byte[] bytes, int offset, int limit, int link, Checksum checksum) {
        return read(bytes, offset, limit, checksum)
                .filter(frame -> new ByteReader(bytes, offset + 2 * Integer.BYTES, Integer.BYTES).getInt() == link);
    }

    /** What the frame at the offset says of its content's length, true or not; −1 if not even its head is there. */
    static int lengthAt(byte[] bytes, int offset, int limit) {
        if (limit - offset < HEAD_BYTES) {
            return -1;
        }
        return new ByteReader(bytes, offset + CRC_BYTES, Integer.BYTES).getInt();
    }
}
