package io.muster.member.channel;

import io.muster.member.NodeId;
import io.muster.member.PeerIdentity;
import io.muster.member.channel.PeerMetrics.DropReason;
import io.muster.member.port.Lane;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connected peers by node id, and the way from them to the lanes' drivers. Any thread sends and looks; the channel's thread does all else.
 */
final class PeerTable {

    private final Environment environment;
    private final Map<NodeId, Peer> peers = new ConcurrentHashMap<>();
    private final Map<Lane, LaneNet> nets = new EnumMap<>(Lane.class);
    private final CopiedIds copiedIds;

    PeerTable(Environment environment) {
        this.environment = environment;
        this.copiedIds = new CopiedIds(environment.limits().copiedIds());
        for (Lane lane : Lane.values()) {
            nets.put(lane, new LaneNet(lane, this, environment.limits(), environment.metrics));
        }
    }

    LaneNet net(Lane lane) {
        LaneNet net = nets.get(lane);
        if (net == null) {
            throw new IllegalStateException("every lane has a net: " + lane);
        }
        return net;
    }

    /** Hands a message over for sending, or drops and counts it; any thread. */
    void send(Lane lane, NodeId to, byte[] message) {
        Peer peer = peers.get(to);
        if (message.length > environment.limits().frames().frameBytesMax()) {
            environment.metrics.frameDropped(lane, to, DropReason.TOO_LARGE);
        } else if (peer == null) {
            environment.metrics.frameDropped(lane, to, DropReason.UNREACHABLE);
        } else {
            peer.offer(lane, message);
        }
    }

    /** A message came in. */
    void received(Lane lane, NodeId from, byte[] message) {
        net(lane).deliver(from, message);
    }

    /** Whether this peer must not be talked to, since another live process has its node id; then that one's connections are refused as well. */
    Optional<Refusal> meet(PeerIdentity identity) {
        Optional<Refusal> refusal = copiedIds.meet(identity, environment.time.monoNanos());
        Peer peer = peers.get(identity.identity().nodeId());
        if (refusal.isPresent() && peer != null) {
            peer.connections().forEach(connection -> connection.refuse(refusal.get()));
        }
        return refusal;
    }

    /** Takes an open connection in, and closes those that it replaces. */
    Peer add(Connection connection, PeerIdentity identity) {
        Peer peer = peers.computeIfAbsent(identity.identity().nodeId(), first -> new Peer(identity, environment));
        peer.add(connection, identity).forEach(older -> older.close("replaced by a newer connection"));
        return peer;
    }

    /**
     * Lets a closed connection go.
     *
     * @param byPeer whether the other end closed it
     */
    void remove(Connection connection, Peer peer, boolean byPeer) {
        peer.remove(connection);
        NodeId nodeId = peer.identity().identity().nodeId();
        if (!peer.connected() && peers.remove(nodeId, peer) && byPeer) {
            nets.values().forEach(net -> net.gone(nodeId));
        }
    }

    /** Once a ping interval. */
    void tick() {
        peers.values().forEach(Peer::tick);
    }

    boolean idle() {
        return peers.values().stream().allMatch(Peer::idle);
    }

    /** Any thread may ask. */
    List<PeerStatus> status() {
        return peers.values().stream()
                .map(Peer::status)
                .sorted(Comparator.comparing(status -> status.identity().nodeId()))
                .toList();
    }
}
