package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.member.port.Net;
import io.muster.raft.wire.ForwardCodec;
import io.muster.raft.wire.FoundingCodec;
import io.muster.raft.wire.PeerCodec;
import io.muster.raft.wire.RepairCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * What the peer channel does for a frame: its seal shows whether the frame came as it was sent. A damaged one goes to the codecs all the same, which may
 * refuse it and may not do anything else; then it is lost.
 */
final class SealedNet implements Net {

    private final Net net;

    SealedNet(Net net) {
        this.net = net;
    }

    @Override
    public void send(NodeId to, byte[] frame) {
        net.send(
                to,
                ByteBuffer.allocate(frame.length + Integer.BYTES)
                        .put(frame)
                        .putInt(seal(frame))
                        .array());
    }

    @Override
    public void onPeerGone(Consumer<NodeId> listener) {
        net.onPeerGone(listener);
    }

    @Override
    public void onFrame(FrameHandler handler) {
        net.onFrame((from, withSeal) -> {
            byte[] frame = Arrays.copyOf(withSeal, Math.max(0, withSeal.length - Integer.BYTES));
            if (withSeal.length > Integer.BYTES && ByteBuffer.wrap(withSeal).getInt(frame.length) == seal(frame)) {
                handler.onFrame(from, frame);
            } else {
                tryToDecode(withSeal);
            }
        });
    }

    private static int seal(byte[] frame) {
        CRC32C crc = new CRC32C();
        crc.update(frame);
        return (int) crc.getValue();
    }

    private static void tryToDecode(byte[] frame) {
        try {
            if (FoundingCodec.isFounding(frame)) {
                FoundingCodec.decode(frame);
            } else if (ForwardCodec.isForward(frame)) {
                ForwardCodec.decode(frame);
            } else if (RepairCodec.isRepair(frame)) {
                RepairCodec.decode(frame);
            } else {
                PeerCodec.decode(frame);
            }
        } catch (IllegalArgumentException refused) {
            // As it must be.
        }
    }
}
