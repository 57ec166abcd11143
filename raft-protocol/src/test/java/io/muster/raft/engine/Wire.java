package io.muster.raft.engine;

import io.muster.member.NodeId;
import io.muster.member.port.Net;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.wire.ForwardCodec;
import io.muster.raft.wire.ForwardMessage;
import io.muster.raft.wire.FoundingCodec;
import io.muster.raft.wire.PeerCodec;
import io.muster.raft.wire.RepairCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Where one node's frames come in, for tests that lose single frames or let them come twice. It outlives the node's processes. */
final class Wire {

    /** A frame of {@link ForwardMessage} that reached the node, be it lost then or not. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Forwarded(NodeId from, byte[] frame) {
        ForwardMessage message() {
            return ForwardCodec.decode(frame).message();
        }
    }

    private final List<Forwarded> forwarded = new ArrayList<>();
    private Predicate<byte[]> lost = frame -> false;
    private Net.FrameHandler handler = (from, frame) -> {};

    /** The network of the node's next process. */
    Net around(Net net) {
        return new Net() {
            @Override
            public void send(NodeId to, byte[] frame) {
                net.send(to, frame);
            }

            @Override
            public void onFrame(FrameHandler newHandler) {
                handler = newHandler;
                net.onFrame(Wire.this::arrived);
            }

            @Override
            public void onPeerGone(Consumer<NodeId> listener) {
                net.onPeerGone(listener);
            }
        };
    }

    private void arrived(NodeId from, byte[] frame) {
        if (ForwardCodec.isForward(frame)) {
            forwarded.add(new Forwarded(from, frame));
        }
        if (!lost.test(frame)) {
            handler.onFrame(from, frame);
        }
    }

    /** From now on these do not reach the node. */
    void lose(Predicate<byte[]> frames) {
        lost = frames;
    }

    void loseNothing() {
        lost = frame -> false;
    }

    /** What has come so far. */
    List<Forwarded> forwarded() {
        return List.copyOf(forwarded);
    }

    /** What has come so far of one kind. */
    <M extends ForwardMessage> List<M> forwarded(Class<M> kind) {
        return forwarded.stream()
                .map(Forwarded::message)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** A frame comes, once more or for the first time. */
    void arrives(NodeId from, byte[] frame) {
        handler.onFrame(from, frame);
    }

    static boolean isForwarded(byte[] frame, Class<? extends ForwardMessage> kind) {
        return ForwardCodec.isForward(frame)
                && kind.isInstance(ForwardCodec.decode(frame).message());
    }

    /** Whether it carries log entries. */
    static boolean bringsEntries(byte[] frame) {
        return group(frame)
                .filter(message -> message instanceof PeerMessage.AppendEntries append
                        && !append.entries().isEmpty())
                .isPresent();
    }

    private static Optional<PeerMessage> group(byte[] frame) {
        boolean ofGroup =
                !FoundingCodec.isFounding(frame) && !ForwardCodec.isForward(frame) && !RepairCodec.isRepair(frame);
        return ofGroup ? Optional.of(PeerCodec.decode(frame).message()) : Optional.empty();
    }
}
