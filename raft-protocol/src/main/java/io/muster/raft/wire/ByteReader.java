package io.muster.raft.wire;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads what {@link ByteWriter} wrote; every method throws {@link IllegalArgumentException} with the offset if it is not there. */
public final class ByteReader {

    private final ByteBuffer buffer;

    public ByteReader(byte[] bytes) {
        this.buffer = ByteBuffer.wrap(bytes);
    }

    /** Reads a part of the array; offsets in messages count from the array's beginning. */
    public ByteReader(byte[] bytes, int offset, int length) {
        this.buffer = ByteBuffer.wrap(bytes, offset, length);
    }

    public int remaining() {
        return buffer.remaining();
    }

    public int getByte() {
        need(1);
        return buffer.get();
    }

    public int getInt() {
        need(Integer.BYTES);
        return buffer.getInt();
    }

    public long getLong() {
        need(Long.BYTES);
        return buffer.getLong();
    }

    public NodeId getNodeId() {
        return new NodeId(getLong(), getLong());
    }

    public ClusterId getClusterId() {
        return new ClusterId(getLong(), getLong());
    }

    /** So many bytes. */
    public byte[] getRaw(int length) {
        need(length);
        byte[] value = new byte[length];
        buffer.get(value);
        return value;
    }

    /** A length, then so many bytes. */
    public byte[] getBytes() {
        return getRaw(getInt());
    }

    public String getText() {
        int length = getInt();
        need(length);
        ByteBuffer part = buffer.slice(buffer.position(), length);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(part).toString();
            buffer.position(buffer.position() + length);
            return text;
        } catch (CharacterCodingException e) {
            throw malformed("no UTF-8");
        }
    }

    /**
     * A count of things that take at least so many bytes each.
     *
     * @throws IllegalArgumentException also if so many cannot be in what remains
     */
    public int getCount(int bytesEachMin) {
        int count = getInt();
        if (count < 0 || (long) count * bytesEachMin > remaining()) {
            throw malformed("a count of " + count + " where " + remaining() + " bytes remain");
        }
        return count;
    }

    /** The rest must be empty. */
    public void end() {
        if (remaining() > 0) {
            throw malformed(remaining() + " bytes too many");
        }
    }

    public IllegalArgumentException malformed(String what) {
        return new IllegalArgumentException("at byte " + buffer.position() + ": " + what);
    }

    private void need(int length) {
        if (length < 0 || length > remaining()) {
            throw malformed("needs " + length + " bytes where " + remaining() + " remain");
        }
    }
}
