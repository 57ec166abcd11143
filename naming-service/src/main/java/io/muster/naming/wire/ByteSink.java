package io.muster.naming.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Growing bytes. */
final class ByteSink {

    private byte[] bytes = new byte[64];
    private int length;

    void u8(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
    }

    /** @throws IllegalArgumentException if negative: its bytes would be read as something else */
    void varint(int value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative: " + value);
        }
        int rest = value;
        while (rest > 0x7f) {
            u8((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        u8(rest);
    }

    /** @throws IllegalArgumentException if negative */
    void varlong(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative: " + value);
        }
        long rest = value;
        while (rest > 0x7f) {
            u8((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        u8((int) rest);
    }

    void f64(double value) {
        long bits = Double.doubleToLongBits(value);
        for (int shift = 56; shift >= 0; shift -= 8) {
            u8((int) (bits >>> shift));
        }
    }

    void string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        varint(utf8.length);
        ensure(utf8.length);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
