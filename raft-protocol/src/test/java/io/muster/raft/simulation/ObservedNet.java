package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.member.port.Net;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.wire.ForwardCodec;
import io.muster.raft.wire.FoundingCodec;
import io.muster.raft.wire.PeerCodec;
import io.muster.raft.wire.RepairCodec;
import java.util.function.Consumer;

/** The network of one process, with the observer reading what leaves. */
final class ObservedNet implements Net {

    private final Net net;
    private final GroupObserver observer;
    private final NodeShadow shadow;

    ObservedNet(Net net, GroupObserver observer, NodeShadow shadow) {
        this.net = net;
        this.observer = observer;
        this.shadow = shadow;
    }

    @Override
    public void send(NodeId to, byte[] frame) {
        if (FoundingCodec.isFounding(frame)) {
            if (FoundingCodec.decode(frame) instanceof FoundingMessage.PromiseReply) {
                observer.promises(shadow, to);
            }
        } else if (!ForwardCodec.isForward(frame) && !RepairCodec.isRepair(frame)) {
            PeerCodec.Frame decoded = PeerCodec.decode(frame);
            observer.sends(shadow, to, decoded.clusterId(), decoded.message());
        }
        net.send(to, frame);
    }

    @Override
    public void onPeerGone(Consumer<NodeId> listener) {
        net.onPeerGone(listener);
    }

    @Override
    public void onFrame(FrameHandler handler) {
        net.onFrame(handler);
    }
}
