package io.muster.member.channel;

import io.muster.member.ClusterId;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Writes the sealed frames of one direction of one connection; pure. */
final class FrameEncoder {

    private final Seal seal;
    private final Compression compression;
    private final int compressBytesMin;

    FrameEncoder(Seal seal, Compression compression, int compressBytesMin) {
        this.seal = seal;
        this.compression = compression;
        this.compressBytesMin = compressBytesMin;
    }

    /** Writes a frame that is no fragment and stays as it is. */
    void encode(WireFrame.Kind kind, Optional<ClusterId> clusterId, byte[] payload, ByteBuffer out) {
        encode(kind, 0, clusterId, payload, 0, payload.length, out);
    }

    /**
     * Writes one fragment of a message, or a whole message.
     *
     * @param message of which {@code [from, to)} is the fragment
     * @param compressible whether it is worth trying
     * @param out backed by an array, with room for the fragment and {@link WireFrame#OVERHEAD_BYTES_MAX}
     * @return whether it was compressed
     */
    boolean encodeFragment(
            WireFrame.Kind kind,
            Optional<ClusterId> clusterId,
            byte[] message,
            int from,
            int to,
            boolean compressible,
            ByteBuffer out) {
        int flags = (to < message.length ? WireFrame.FLAG_MORE : 0) | (from > 0 ? WireFrame.FLAG_CONTINUED : 0);
        if (compressible && to - from >= compressBytesMin) {
            int start = out.position();
            begin(kind, flags | WireFrame.FLAG_COMPRESSED, clusterId, out);
            out.putInt(to - from);
            int written = compression.deflate(message, from, to, out.array(), out.arrayOffset() + out.position());
            if (written >= 0) {
                out.position(out.position() + written);
                end(start, out);
                return true;
            }
            out.position(start);
        }
        encode(kind, flags, clusterId, message, from, to, out);
        return false;
    }

    private void encode(
            WireFrame.Kind kind,
            int flags,
            Optional<ClusterId> clusterId,
            byte[] message,
            int from,
            int to,
            ByteBuffer out) {
        int start = out.position();
        begin(kind, flags, clusterId, out);
        out.put(message, from, to - from);
        end(start, out);
    }

    private static void begin(WireFrame.Kind kind, int flags, Optional<ClusterId> clusterId, ByteBuffer out) {
        out.position(out.position() + WireFrame.LENGTH_BYTES);
        out.put(WireFrame.FORMAT).put(kind.code());
        if (clusterId.isPresent()) {
            out.put((byte) (flags | WireFrame.FLAG_CLUSTER));
            out.putLong(clusterId.get().high()).putLong(clusterId.get().low());
        } else {
            out.put((byte) flags);
        }
    }

    private void end(int start, ByteBuffer out) {
        int sealAt = out.position();
        out.putInt(start, sealAt + Seal.BYTES - start - WireFrame.LENGTH_BYTES);
        seal.set(out.array(), out.arrayOffset() + start, out.arrayOffset() + sealAt);
        out.position(sealAt + Seal.BYTES);
    }
}
