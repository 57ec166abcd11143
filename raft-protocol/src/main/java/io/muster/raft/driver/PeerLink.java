package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.port.Net;
import io.muster.raft.RaftMetrics;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.wire.ForwardCodec;
import io.muster.raft.wire.ForwardMessage;
import io.muster.raft.wire.FoundingCodec;
import io.muster.raft.wire.PeerCodec;
import io.muster.raft.wire.RepairCodec;
import io.muster.raft.wire.RepairMessage;
import java.util.Optional;

/** Messages to and from other members, as frames. Those of a group pass only between members of one cluster, those of founding between all. */
final class PeerLink {

    private final NodeId self;
    private final Net net;
    private final RaftMetrics metrics;
    private final PeerCounts counts;
    private final Exchanges exchanges = new Exchanges();

    /** Empty before the group is founded; then there is nobody to talk to but about founding. */
    private Optional<ClusterId> clusterId = Optional.empty();

    /** Where messages go that came in. */
    interface Receiver {
        void group(NodeId from, PeerMessage message);

        void forward(NodeId from, ForwardMessage message);

        void founding(NodeId from, FoundingMessage message);

        void repair(NodeId from, RepairMessage message);
    }

    PeerLink(NodeId self, Net net, RaftMetrics metrics, PeerCounts counts) {
        this.self = self;
        this.net = net;
        this.metrics = metrics;
        this.counts = counts;
    }

    NodeId self() {
        return self;
    }

    /** Requests that came otherwise than as frames. */
    Exchanges exchanges() {
        return exchanges;
    }

    void setClusterId(Optional<ClusterId> id) {
        clusterId = id;
    }

    /** Reads a frame and hands it on; one that is malformed or another cluster's is counted and dropped. */
    void received(NodeId from, byte[] frame, Receiver receiver) {
        Runnable handling;
        try {
            handling = read(from, frame, receiver);
        } catch (IllegalArgumentException e) {
            metrics.frameRefused();
            return;
        }
        handling.run();
    }

    private Runnable read(NodeId from, byte[] frame, Receiver receiver) {
        if (FoundingCodec.isFounding(frame)) {
            FoundingMessage message = FoundingCodec.decode(frame);
            return () -> receiver.founding(from, message);
        }
        if (ForwardCodec.isForward(frame)) {
            ForwardCodec.Frame decoded = ForwardCodec.decode(frame);
            return isOurs(decoded.clusterId())
                    ? () -> receiver.forward(from, decoded.message())
                    : metrics::frameRefused;
        }
        if (RepairCodec.isRepair(frame)) {
            RepairCodec.Frame decoded = RepairCodec.decode(frame);
            return isOurs(decoded.clusterId()) ? () -> receiver.repair(from, decoded.message()) : metrics::frameRefused;
        }
        PeerCodec.Frame decoded = PeerCodec.decode(frame);
        if (!isOurs(decoded.clusterId())) {
            return metrics::frameRefused;
        }
        return () -> {
            counts.received(from, decoded.message());
            receiver.group(from, decoded.message());
        };
    }

    /** Whether it is the cluster of this node. */
    boolean isOurs(ClusterId id) {
        return clusterId.equals(Optional.of(id));
    }

    void send(NodeId to, PeerMessage message) {
        if (exchanges.take(to, message)) {
            return;
        }
        clusterId.ifPresent(id -> {
            counts.sent(to, message);
            net.send(to, PeerCodec.encode(id, message));
        });
    }

    void send(NodeId to, ForwardMessage message) {
        clusterId.ifPresent(id -> net.send(to, ForwardCodec.encode(id, message)));
    }

    void send(NodeId to, RepairMessage message) {
        clusterId.ifPresent(id -> net.send(to, RepairCodec.encode(id, message)));
    }

    void send(NodeId to, FoundingMessage message) {
        net.send(to, FoundingCodec.encode(message));
    }
}
