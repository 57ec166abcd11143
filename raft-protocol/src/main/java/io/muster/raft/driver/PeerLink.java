package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.port.Net;
import io.muster.raft.RaftMetrics;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.wire.ForwardCodec;
import io.muster.raft.wire.ForwardMessage;
import io.muster.raft.wire.FoundingCodec;
import io.muster.raft.wire.PeerCodec;
import io.muster.raft.wire.RepairCodec;
import io.muster.raft.wire.RepairMessage;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messages to and from other members, as frames. Those of a group pass only between members of one cluster, those of founding between all. */
final class PeerLink {

    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

    private final NodeId self;
    private final Net net;
    private final RaftMetrics metrics;
    private final PeerCounts counts;
    private final int formatMax;
    private final Exchanges exchanges = new Exchanges();

    /** What this node can't read, and who sent it first; empty if there was nothing of the kind since it could last follow. */
    private Optional<String> unreadable = Optional.empty();

    /** Empty before the group is founded; then there is nobody to talk to but about founding. */
    private Optional<ClusterId> clusterId = Optional.empty();

    /** Where messages go that came in. */
    interface Receiver {
        void group(NodeId from, PeerMessage message);

        void forward(NodeId from, ForwardMessage message);

        void founding(NodeId from, FoundingMessage message);

        void repair(NodeId from, RepairMessage message);
    }

    /** @param formatMax the newest format that this node reads */
    PeerLink(NodeId self, Net net, RaftMetrics metrics, PeerCounts counts, int formatMax) {
        this.self = self;
        this.net = net;
        this.metrics = metrics;
        this.counts = counts;
        this.formatMax = formatMax;
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
        } catch (UnknownFormatException e) {
            metrics.frameRefused();
            refused(from, e);
            return;
        } catch (IllegalArgumentException e) {
            metrics.frameRefused();
            return;
        }
        handling.run();
    }

    /** The sender is of a later build, and this one can't follow it: that is said once, and shown from then on. */
    private void refused(NodeId from, UnknownFormatException what) {
        metrics.formatRefused();
        if (unreadable.isEmpty()) {
            unreadable = Optional.of("node " + from + " sends what this build does not read: " + what.getMessage()
                    + "; start a later build, or take cluster.format-max out");
            LOG.error("This node can't follow the group: {}", unreadable.get());
        }
    }

    /** Why this node can't follow its group, if that is because it does not read what it is sent. */
    Optional<String> unreadable() {
        return unreadable;
    }

    private void requireReadable(Configuration configuration) {
        if (configuration.format() > formatMax) {
            throw new UnknownFormatException("configuration", configuration.format(), formatMax);
        }
    }

    private void requireReadable(PeerMessage message) {
        if (message instanceof PeerMessage.InstallSnapshot install) {
            requireReadable(install.head().configuration());
        } else if (message instanceof PeerMessage.AppendEntries append) {
            for (LogEntry entry : append.entries()) {
                if (entry.payload() instanceof Payload.Members members) {
                    requireReadable(members.configuration());
                }
            }
        }
    }

    /** A leader whose entries can be read is followed: what another one proposed, and lost, is over. */
    private static boolean carriesState(PeerMessage message) {
        return message instanceof PeerMessage.InstallSnapshot
                || (message instanceof PeerMessage.AppendEntries append
                        && !append.entries().isEmpty());
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
            if (decoded.message() instanceof RepairMessage.Piece piece && isOurs(decoded.clusterId())) {
                requireReadable(piece.head().configuration());
            }
            return isOurs(decoded.clusterId()) ? () -> receiver.repair(from, decoded.message()) : metrics::frameRefused;
        }
        PeerCodec.Frame decoded = PeerCodec.decode(frame);
        if (!isOurs(decoded.clusterId())) {
            return metrics::frameRefused;
        }
        requireReadable(decoded.message());
        if (carriesState(decoded.message())) {
            unreadable = Optional.empty();
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
