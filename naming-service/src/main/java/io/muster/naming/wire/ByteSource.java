package io.muster.naming.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Bytes being read; every fault names the offset at which it was found. Never reserves memory for more than there is
 * left to read.
 */
final class ByteSource {

    /** The bytes are no encoding. */
    static final class MalformedException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    private final byte[] bytes;
    private int at;

    ByteSource(byte[] bytes) {
        this.bytes = bytes;
    }

    MalformedException malformed(String what) {
        return new MalformedException("registry record at offset " + at + " of " + bytes.length + ": " + what);
    }

    int u8() {
        if (at == bytes.length) {
            throw malformed("ends early");
        }
        return bytes[at++] & 0xff;
    }

    /** A byte in which no other bits are set. */
    int flags(int known) {
        int flags = u8();
        if ((flags & ~known) != 0) {
            throw malformed("unknown flags " + Integer.toBinaryString(flags));
        }
        return flags;
    }

    /** In its shortest form only: equal values have equal bytes. */
    int varint() {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = u8();
            value |= (long) (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                if (value > Integer.MAX_VALUE || (shift > 0 && b == 0)) {
                    break;
                }
                return (int) value;
            }
        }
        throw malformed("no number");
    }

    /** As {@link #varint()}, up to 63 bits. */
    long varlong() {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int b = u8();
            value |= (long) (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                if (shift > 0 && b == 0) {
                    break;
                }
                return value;
            }
        }
        throw malformed("no number");
    }

    /** The number of things that follow, each of at least one byte. */
    int count() {
        int count = varint();
        if (count > bytes.length - at) {
            throw malformed(count + " items can't follow");
        }
        return count;
    }

    double f64() {
        long bits = 0;
        for (int i = 0; i < 8; i++) {
            bits = (bits << 8) | u8();
        }
        return Double.longBitsToDouble(bits);
    }

    String string() {
        int length = count();
        try {
            String value = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
            at += length;
            return value;
        } catch (CharacterCodingException e) {
            throw malformed("no UTF-8");
        }
    }

    void requireEnd() {
        if (at != bytes.length) {
            throw malformed("bytes left over");
        }
    }
}
