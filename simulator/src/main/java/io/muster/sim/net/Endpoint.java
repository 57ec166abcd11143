package io.muster.sim.net;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.PeerIdentity;
import io.muster.member.port.Lane;
import io.muster.member.port.LinkEvent;
import io.muster.member.port.Net;
import io.muster.member.port.PeerLinks;
import io.muster.sim.NodeTime;
import io.muster.sim.SeededRng;
import io.muster.sim.net.NetworkCounters.Fate;
import io.muster.sim.net.SimNetwork.Routing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One process on the network, from its start to its death: its {@code Net} for each lane, its {@link PeerLinks}, and its connections. */
public final class Endpoint implements PeerLinks {

    private final SimNetwork network;
    private final int host;
    private final NodeTime time;
    private final Supplier<PeerIdentity> identity;
    private final NodeId nodeId;
    private final RandomGenerator random;
    private final Map<Lane, LaneNet> lanes = new EnumMap<>(Lane.class);
    private final List<Dialer> dialers = new ArrayList<>();

    /** Those that this end believes in, in the order in which they were opened. */
    private final List<Connection> connections = new ArrayList<>();

    /** By whom they lead to, where frames need no connection. */
    private final Map<Endpoint, Pipe> pipes = new HashMap<>();

    private @Nullable Consumer<LinkEvent> listener;
    private boolean loaded;
    private boolean ended;

    Endpoint(SimNetwork network, int host, NodeTime time, SeededRng processSeeds, Supplier<PeerIdentity> identity) {
        this.network = network;
        this.host = host;
        this.time = time;
        this.identity = identity;
        this.nodeId = identity.get().identity().nodeId();
        this.random = processSeeds.stream("dialling");
        for (Lane lane : Lane.values()) {
            lanes.put(lane, new LaneNet(lane));
        }
    }

    /** The network of one lane. */
    @SuppressWarnings("NullAway") // every lane was put in
    public Net net(Lane lane) {
        return lanes.get(lane);
    }

    @Override
    public void onEvent(Consumer<LinkEvent> newListener) {
        if (listener != null) {
            throw new IllegalStateException("the listener is set once");
        }
        listener = newListener;
    }

    @Override
    public void dial(Collection<MemberAddress> addresses) {
        for (Dialer dialer : List.copyOf(dialers)) {
            if (!addresses.contains(dialer.address())) {
                dialers.remove(dialer);
                dialer.stop();
            }
        }
        for (MemberAddress address : addresses) {
            if (dialers.stream().noneMatch(dialer -> dialer.address().equals(address))) {
                Dialer dialer = new Dialer(network, this, address, random);
                dialers.add(dialer);
                dialer.start();
            }
        }
    }

    /** What the process tells its peers of itself: whether it has loaded its ephemeral data (design §5). */
    public void loaded(boolean isLoaded) {
        loaded = isLoaded;
    }

    public boolean loaded() {
        return loaded;
    }

    public int host() {
        return host;
    }

    public NodeId nodeId() {
        return nodeId;
    }

    /** Whether frames to this node would find a way now, faults of the links apart. */
    public boolean connectedTo(NodeId peer) {
        return pipeTo(peer) != null;
    }

    // For the network

    NodeTime time() {
        return time;
    }

    PeerIdentity identity() {
        return identity.get();
    }

    boolean ended() {
        return ended;
    }

    void receive(NodeId from, Lane lane, byte[] frame) {
        laneNet(lane).receive(from, frame);
    }

    void tell(LinkEvent event) {
        network.clock().trace().add(host);
        network.clock().tell(() -> this + " hears " + event);
        Consumer<LinkEvent> hears = listener;
        if (hears != null) {
            hears.accept(event);
        }
    }

    /** A connection is open at this end. */
    void opened(Connection connection) {
        connections.add(connection);
    }

    /** A peer has dialled this process; runs on it. */
    void accepted(Connection connection, PeerIdentity peer) {
        if (connection.openAt(this)) {
            connections.add(connection);
            tell(new LinkEvent.Accepted(peer));
        }
    }

    /** This end gives the connection up, and the other end hears of it if it can; runs on this process. */
    void close(Connection connection) {
        if (closeHere(connection)) {
            Endpoint peer = connection.peerOf(this);
            network.reset(this, connection, peer, "closed by the peer");
        }
    }

    /**
     * This end learns that the connection is gone; runs on this process.
     *
     * @param byPeer whether the other end told it
     */
    void lost(Connection connection, String reason, boolean byPeer) {
        if (!closeHere(connection)) {
            return;
        }
        network.count(Fate.BROKEN);
        if (byPeer && !connectedTo(connection.peerOf(this).nodeId())) {
            lanes.values().forEach(net -> net.gone(connection.peerOf(this).nodeId()));
        }
        if (connection.dialedBy(this)) {
            dialers.stream()
                    .filter(dialer -> dialer.holds(connection))
                    .findFirst()
                    .ifPresent(dialer -> dialer.lost(reason));
        } else {
            tell(new LinkEvent.AcceptedClosed(connection.peerOf(this).nodeId(), reason));
        }
    }

    /** All connections with the host are noticed to be dead, at this end. */
    void breakWith(int otherHost, String reason) {
        breakAll(connection -> connection.peerOf(this).host() == otherHost, reason);
    }

    void breakDialed(MemberAddress address, String reason) {
        for (Connection connection : List.copyOf(connections)) {
            if (connection.dialedBy(this) && connection.dialed().equals(address)) {
                time.deliver(0, () -> lost(connection, reason, true));
                connection.peerOf(this).breakOne(connection, reason, true);
            }
        }
        dialers.stream()
                .filter(dialer -> dialer.address().equals(address))
                .forEach(dialer -> time.deliver(0, () -> dialer.addressMoved(reason)));
    }

    /** The other host forgets the connections with this process, silently; this end finds out by keep-alive. */
    void halfOpen(int forgettingHost) {
        for (Connection connection : List.copyOf(connections)) {
            Endpoint forgetting = connection.peerOf(this);
            if (forgetting.host() == forgettingHost) {
                forgetting.breakOne(connection, "connection reset", true);
                time.deliver(SimNetwork.KEEP_ALIVE.toNanos(), () -> lost(connection, "keep-alive: no answer", false));
            }
        }
    }

    /** The process has died. */
    void end(boolean resets) {
        ended = true;
        for (Connection connection : List.copyOf(connections)) {
            connection.closeAt(this);
            Endpoint peer = connection.peerOf(this);
            if (resets) {
                network.reset(this, connection, peer, "connection reset");
            } else {
                peer.time.deliver(
                        SimNetwork.KEEP_ALIVE.toNanos(), () -> peer.lost(connection, "keep-alive: no answer", false));
            }
        }
        connections.clear();
        dialers.clear();
    }

    private void breakOne(Connection connection, String reason, boolean byPeer) {
        time.deliver(0, () -> lost(connection, reason, byPeer));
    }

    private void breakAll(Predicate<Connection> which, String reason) {
        connections.stream().filter(which).toList().forEach(connection -> breakOne(connection, reason, false));
    }

    private boolean closeHere(Connection connection) {
        if (!connection.openAt(this)) {
            return false;
        }
        connection.closeAt(this);
        connections.remove(connection);
        return true;
    }

    private @Nullable Pipe pipeTo(NodeId peer) {
        if (network.routing() == Routing.BY_NODE_ID) {
            Endpoint endpoint = network.endpointOf(peer);
            return endpoint == null || endpoint == this ? null : pipeTo(endpoint);
        }
        for (Connection connection : connections) {
            if (connection.peerOf(this).nodeId().equals(peer)) {
                return connection.pipeFrom(this);
            }
        }
        return null;
    }

    private Pipe pipeTo(Endpoint endpoint) {
        return pipes.computeIfAbsent(endpoint, to -> new Pipe(network, network.link(host, to.host), null, this, to));
    }

    @SuppressWarnings("NullAway") // every lane was put in
    private LaneNet laneNet(Lane lane) {
        return lanes.get(lane);
    }

    @Override
    public String toString() {
        return time.name();
    }

    /** What one engine sees of the network. */
    private final class LaneNet implements Net {

        private final Lane lane;
        private @Nullable FrameHandler handler;
        private @Nullable Consumer<NodeId> goneListener;

        LaneNet(Lane lane) {
            this.lane = lane;
        }

        @Override
        public void send(NodeId to, byte[] frame) {
            if (ended) {
                return;
            }
            network.sent(Endpoint.this, to, lane, frame);
            Pipe pipe = pipeTo(to);
            if (pipe == null) {
                network.count(Fate.NO_CONNECTION);
            } else {
                pipe.send(lane, frame);
            }
        }

        @Override
        public void onFrame(FrameHandler newHandler) {
            if (handler != null) {
                throw new IllegalStateException("the frame handler is set once");
            }
            handler = newHandler;
        }

        @Override
        public void onPeerGone(Consumer<NodeId> listener) {
            goneListener = listener;
        }

        void gone(NodeId peer) {
            Consumer<NodeId> hears = goneListener;
            if (hears != null) {
                hears.accept(peer);
            }
        }

        void receive(NodeId from, byte[] frame) {
            FrameHandler receiver = handler;
            if (receiver == null) {
                network.count(Fate.UNHEARD);
            } else {
                network.count(Fate.DELIVERED);
                receiver.onFrame(from, frame);
            }
        }
    }
}
