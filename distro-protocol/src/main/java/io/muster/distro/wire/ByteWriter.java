package io.muster.distro.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.Consumer;

/** Grows a frame, big-endian. Small numbers take few bytes where {@link #size} is used. */
final class ByteWriter {

    private ByteBuffer buffer;

    ByteWriter(int bytesExpected) {
        buffer = ByteBuffer.allocate(Math.max(16, bytesExpected));
    }

    void int8(int value) {
        room(1).put((byte) value);
    }

    void int32(int value) {
        room(Integer.BYTES).putInt(value);
    }

    void int64(long value) {
        room(Long.BYTES).putLong(value);
    }

    void flag(boolean value) {
        int8(value ? 1 : 0);
    }

    /** A number of zero or more, seven bits a byte. */
    void size(long value) {
        long rest = value;
        while (rest >= 0x80) {
            int8((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        int8((int) rest);
    }

    void text(String value) {
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] value) {
        size(value.length);
        room(value.length).put(value);
    }

    <T> void list(Collection<T> all, Consumer<T> each) {
        size(all.size());
        all.forEach(each);
    }

    byte[] toBytes() {
        byte[] bytes = new byte[buffer.position()];
        buffer.flip();
        buffer.get(bytes);
        return bytes;
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * buffer.capacity(), buffer.position() + bytes));
            buffer.flip();
            buffer = larger.put(buffer);
        }
        return buffer;
    }
}
