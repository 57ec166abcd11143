package io.muster.naming.list;

import io.muster.naming.model.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON straight into UTF-8 bytes: lists of thousands of hosts are written without a tree and without a second copy as
 * text.
 */
final class JsonBytes {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int length;

    JsonBytes(int bytesGuess) {
        bytes = new byte[Math.max(16, bytesGuess)];
    }

    /** ASCII as it stands. */
    JsonBytes raw(String ascii) {
        int chars = ascii.length();
        ensure(chars);
        for (int i = 0; i < chars; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    JsonBytes number(long value) {
        return raw(Long.toString(value));
    }

    /** Finite. */
    JsonBytes number(double value) {
        return raw(Double.toString(value));
    }

    /** A string in quotes. */
    JsonBytes text(String text) {
        // The worst char takes six bytes as an escape.
        ensure(6 * text.length() + 2);
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = (byte) c;
            } else if (c >= 0x20 && c < 0x7f) {
                bytes[length++] = (byte) c;
            } else if (c < 0x20 || c == 0x7f || isLoneSurrogate(text, i)) {
                escape(c);
            } else {
                i += utf8(text, i);
            }
        }
        bytes[length++] = '"';
        return this;
    }

    JsonBytes metadata(Metadata metadata) {
        raw("{");
        boolean[] more = new boolean[1];
        metadata.forEach((key, value) -> {
            raw(more[0] ? "," : "").text(key).raw(":").text(value);
            more[0] = true;
        });
        return raw("}");
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private static boolean isLoneSurrogate(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c);
    }

    /** Writes one code point; returns how many more chars than one it took. */
    private int utf8(String text, int at) {
        int point = text.codePointAt(at);
        if (point < 0x800) {
            bytes[length++] = (byte) (0xc0 | (point >> 6));
        } else if (point < 0x10000) {
            bytes[length++] = (byte) (0xe0 | (point >> 12));
            bytes[length++] = (byte) (0x80 | ((point >> 6) & 0x3f));
        } else {
            bytes[length++] = (byte) (0xf0 | (point >> 18));
            bytes[length++] = (byte) (0x80 | ((point >> 12) & 0x3f));
            bytes[length++] = (byte) (0x80 | ((point >> 6) & 0x3f));
        }
        bytes[length++] = (byte) (0x80 | (point & 0x3f));
        return Character.charCount(point) - 1;
    }

    private void escape(char c) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(c >> shift) & 0xf];
        }
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length + (bytes.length >> 1), length + more));
        }
    }
}
