package io.muster.naming.push;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A list as the datagrams of one push: JSON text inside JSON, gzipped as a whole from {@value #GZIP_FROM_BYTES} bytes
 * on, with the token that the client acknowledges at the end (nacos-v1-http.md §6.3).
 *
 * <p>Only the token differs between the datagrams of one list. So the long part is deflated once and flushed to a byte
 * boundary; a datagram is that, then one stored block with the token, then checksum and length: one plain gzip member,
 * which the simplest reader reads.
 */
final class PushPacket {

    static final int GZIP_FROM_BYTES = 1_024;

    /** What an IPv4 datagram holds. */
    static final int DATAGRAM_BYTES_MAX = 65_507;

    /** Lists do not shrink by more than forty to one; beyond this trying is a waste of time. */
    static final int PLAIN_BYTES_MAX = 40 * DATAGRAM_BYTES_MAX;

    private static final byte[] HEAD = "{\"type\":\"dom\",\"data\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MIDDLE = "\",\"lastRefTime\":".getBytes(StandardCharsets.US_ASCII);
    private static final int TOKEN_CHARS_MAX = 19;
    private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, 0};

    /** Everything before the token. */
    private final byte[] plain;

    /** The same, deflated to a byte boundary; empty if datagrams go plain. */
    private final byte[] deflated;

    private PushPacket(byte[] plain, byte[] deflated) {
        this.plain = plain;
        this.deflated = deflated;
    }

    /**
     * @param listJson the body of a list
     * @return empty if no datagram holds it: its subscribers must poll
     */
    static Optional<PushPacket> of(byte[] listJson) {
        if (listJson.length > PLAIN_BYTES_MAX) {
            return Optional.empty();
        }
        byte[] plain = plain(listJson);
        if (plain.length + TOKEN_CHARS_MAX + 1 < GZIP_FROM_BYTES) {
            return Optional.of(new PushPacket(plain, new byte[0]));
        }
        PushPacket packet = new PushPacket(plain, deflate(plain));
        return packet.datagram(Long.MAX_VALUE).length > DATAGRAM_BYTES_MAX ? Optional.empty() : Optional.of(packet);
    }

    byte[] datagram(long token) {
        byte[] tail = (token + "}").getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 4 + 64);
        if (deflated.length == 0) {
            out.writeBytes(plain);
            out.writeBytes(tail);
            return out.toByteArray();
        }
        out.writeBytes(GZIP_HEADER);
        out.writeBytes(deflated);
        // The final block, stored: its length and the complement of that, low byte first (RFC 1951 §3.2.4).
        out.write(1);
        out.write(tail.length);
        out.write(0);
        out.write(~tail.length);
        out.write(~0);
        out.writeBytes(tail);
        CRC32 crc = new CRC32();
        crc.update(plain);
        crc.update(tail);
        littleEndian(out, (int) crc.getValue());
        littleEndian(out, plain.length + tail.length);
        return out.toByteArray();
    }

    private static byte[] plain(byte[] listJson) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(listJson.length + listJson.length / 8 + 64);
        out.writeBytes(HEAD);
        for (byte b : listJson) {
            // The list has escaped its own control characters; what is left to escape are its quotes and its escapes.
            if (b == '"' || b == '\\') {
                out.write('\\');
            }
            out.write(b);
        }
        out.writeBytes(MIDDLE);
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] plain) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(plain);
            ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 4 + 64);
            byte[] buffer = new byte[8 * 1024];
            int written;
            do {
                written = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
                out.write(buffer, 0, written);
            } while (written == buffer.length);
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static void littleEndian(ByteArrayOutputStream out, int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(value >>> shift);
        }
    }
}
