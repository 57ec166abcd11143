package io.muster.distro.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** Reads a frame that may be anything. Each method throws {@link IllegalArgumentException} rather than read what is not there. */
final class ByteReader {

    private final ByteBuffer buffer;

    ByteReader(byte[] frame) {
        buffer = ByteBuffer.wrap(frame);
    }

    int int8() {
        return require(1).get();
    }

    int int32() {
        return require(Integer.BYTES).getInt();
    }

    long int64() {
        return require(Long.BYTES).getLong();
    }

    boolean flag() {
        int value = int8();
        if (value != 0 && value != 1) {
            throw malformed("neither yes nor no: " + value);
        }
        return value == 1;
    }

    /** As {@link ByteWriter#size} wrote it. */
    long size() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
            int next = int8();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                if (value < 0) {
                    break;
                }
                return value;
            }
        }
        throw malformed("number too long");
    }

    int intSize() {
        long value = size();
        if (value > Integer.MAX_VALUE) {
            throw malformed("number too large: " + value);
        }
        return (int) value;
    }

    String text() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes()))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw malformed("text that is not UTF-8");
        }
    }

    byte[] bytes() {
        int length = intSize();
        ByteBuffer rest = require(length);
        byte[] value = new byte[length];
        rest.get(value);
        return value;
    }

    /** @param elementBytesMin what one element takes at least: a count that can't fit is refused before anything is reserved for it */
    <T> List<T> list(int elementBytesMin, Supplier<T> each) {
        int count = intSize();
        if ((long) count * elementBytesMin > buffer.remaining()) {
            throw malformed(count + " elements announced");
        }
        List<T> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(each.get());
        }
        return Collections.unmodifiableList(all);
    }

    void requireEnd() {
        if (buffer.hasRemaining()) {
            throw malformed("bytes after the end");
        }
    }

    IllegalArgumentException malformed(String what) {
        return new IllegalArgumentException("malformed at byte " + buffer.position() + " of " + buffer.limit() + ": "
                + what + ", " + buffer.remaining() + " bytes left");
    }

    private ByteBuffer require(int bytes) {
        if (buffer.remaining() < bytes) {
            throw malformed("ends early, " + bytes + " bytes wanted");
        }
        return buffer;
    }
}
