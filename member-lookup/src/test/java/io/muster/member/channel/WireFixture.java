package io.muster.member.channel;

import io.muster.member.ClusterId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The frames of one direction of a connection, for tests of the pure parts. */
final class WireFixture {

    static final ClusterId CLUSTER = new ClusterId(7, 8);

    private static final byte[] SESSION_KEY = {1, 2, 3, 4};

    private final Compression compression = new Compression();
    private final FrameEncoder encoder = new FrameEncoder(seal(), compression, 1024);

    static Seal seal() {
        return new Seal(SESSION_KEY);
    }

    FrameDecoder decoder() {
        return new FrameDecoder(seal(), compression);
    }

    Compression compression() {
        return compression;
    }

    /** The next frame's bytes. */
    byte[] frame(WireFrame.Kind kind, Optional<ClusterId> cluster, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(WireFrame.PAYLOAD_BYTES_MAX + WireFrame.OVERHEAD_BYTES_MAX);
        encoder.encode(kind, cluster, payload, out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** The bytes of a message in fragments of this size, compressed where that helps. */
    byte[] message(WireFrame.Kind kind, byte[] message, int fragmentBytes) {
        ByteBuffer out = ByteBuffer.allocate(message.length + (message.length / fragmentBytes + 2) * 256 + 1024);
        int from = 0;
        do {
            int to = Math.min(message.length, from + fragmentBytes);
            encoder.encodeFragment(kind, Optional.of(CLUSTER), message, from, to, true, out);
            from = to;
        } while (from < message.length);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** A frame of this rest behind its length, sealed as the first of its direction, whatever it holds. */
    static byte[] sealed(byte[] rest) {
        byte[] frame = ByteBuffer.allocate(WireFrame.LENGTH_BYTES + rest.length + Seal.BYTES)
                .putInt(rest.length + Seal.BYTES)
                .put(rest)
                .array();
        seal().set(frame, 0, frame.length - Seal.BYTES);
        return frame;
    }

    /** What a fresh decoder says to these bytes in one piece. */
    Outcome decode(byte[] bytes) {
        return decode(bytes, bytes.length);
    }

    /** What a fresh decoder says to these bytes in pieces of this size. */
    Outcome decode(byte[] bytes, int step) {
        FrameDecoder decoder = decoder();
        List<WireFrame> frames = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += step) {
            Optional<Refusal> refusal = decoder.feed(bytes, at, Math.min(bytes.length, at + step), frames::add);
            if (refusal.isPresent()) {
                return new Outcome(frames, refusal);
            }
        }
        return new Outcome(frames, Optional.empty());
    }

    /** What a decoder gave, and why it stopped if it did. */
    record Outcome(List<WireFrame> frames, Optional<Refusal> refusal) {

        Optional<RefusalKind> kind() {
            return refusal.map(Refusal::kind);
        }
    }
}
