package io.muster.member.channel;

import io.muster.member.ClusterId;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import io.muster.member.channel.PeerMetrics.DropReason;
import io.muster.member.port.Lane;
import io.muster.member.port.Time;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: first the {@link Handshake}, then the identity of each end, then frames.
 *
 * <pre>
 *   PROVING ──proof of the other end──→ IDENTIFYING ──its identity, judged──→ OPEN
 *      └──────────────── refusal, end of the other side, time ──────────────────┴──→ CLOSED
 * </pre>
 *
 * <p>The acceptor tells its identity with its proof, the dialer answers with its own before it judges, so that both ends know whom they refuse.
 */
final class Connection {

    /** Until reading goes on after a turn. A task that followed at once would come before what other sockets have; a timer comes after. */
    private static final Duration TURN_PAUSE = Duration.ofMillis(1);

    private final PeerSocket socket;
    private final Environment environment;
    private final PeerTable peers;
    private final Origin origin;
    private final boolean dialed;
    private final String other;
    private final Handshake handshake;
    private final Time.Timer handshakeTimer;
    private final Map<Lane, FragmentJoiner> joiners = new EnumMap<>(Lane.class);
    private State state = State.PROVING;

    private @Nullable FrameEncoder encoder;
    private @Nullable FrameDecoder decoder;

    /** Set when OPEN is reached, or the other end turned out to be this node. */
    private @Nullable PeerIdentity identity;

    private @Nullable Peer peer;

    /** Since the last {@link #tick}. */
    private boolean received;

    /** Since the last {@link #tick}. */
    private boolean sent;

    /** In a row without a byte received. */
    private int silentTicks;

    /** In a row with a write queue that never got free. */
    private int stalledTicks;

    /** Whether bytes that were received wait for their turn. */
    private boolean reading;

    /** Why the connection ended while they wait; null if it did not. */
    private @Nullable String endedWhileReading;

    private Connection(
            PeerSocket socket, boolean dialed, String other, Environment environment, PeerTable peers, Origin origin) {
        this.socket = socket;
        this.dialed = dialed;
        this.environment = environment;
        this.peers = peers;
        this.origin = origin;
        this.other = other;
        this.handshake = dialed
                ? Handshake.dialing(environment.secret, environment.nonce())
                : Handshake.accepting(environment.secret, environment.nonce());
        this.handshakeTimer =
                environment.time.after(environment.limits().waits().handshake(), this::handshakeTimedOut);
    }

    /**
     * Begins the handshake over a socket that this node opened.
     *
     * @param address as listed
     */
    static Connection dialed(
            NetSocket socket, String address, Environment environment, PeerTable peers, Origin origin) {
        return begin(socket, true, address, environment, peers, origin);
    }

    /** Begins the handshake over a socket that was opened from this host. */
    static Connection accepted(NetSocket socket, String host, Environment environment, PeerTable peers, Origin origin) {
        return begin(socket, false, host, environment, peers, origin);
    }

    private static Connection begin(
            NetSocket raw, boolean dialed, String other, Environment environment, PeerTable peers, Origin origin) {
        PeerSocket socket = new PeerSocket(raw, environment.time);
        Connection connection = new Connection(socket, dialed, other, environment, peers, origin);
        socket.writeQueueBytes(environment.limits().frames().writeQueueBytes());
        socket.listen(connection::receive, connection::drained, connection::ended);
        connection.write(connection.handshake.opening());
        return connection;
    }

    boolean dialed() {
        return dialed;
    }

    boolean open() {
        return state == State.OPEN;
    }

    /** Of the other end; of an open connection only. */
    NodeIdentity identity() {
        if (identity == null) {
            throw new IllegalStateException("nobody has said who it is, in state " + state);
        }
        return identity.identity();
    }

    /** Whether a write would be taken up soon. */
    boolean writable() {
        return state == State.OPEN && endedWhileReading == null && !socket.full();
    }

    /**
     * Writes what the outbox holds, one batch.
     *
     * @return whether there was anything
     */
    boolean writeFrom(Outbox outbox) {
        ByteBuffer batch = environment.batch.clear();
        outbox.fill(batch, encoder(), environment.clusterId(), environment.time.monoNanos());
        return writeBatch(batch);
    }

    /** Once a ping interval: closes what is silent or stalled, and pings. Intervals are counted, so a process that stood still counts one. */
    void tick() {
        if (state != State.OPEN) {
            return;
        }
        ChannelLimits.Waits waits = environment.limits().waits();
        silentTicks = received ? 0 : silentTicks + 1;
        stalledTicks = socket.full() ? stalledTicks + 1 : 0;
        received = false;
        joiners.forEach((lane, joiner) -> {
            if (joiner.tick()) {
                environment.metrics.frameDropped(lane, identity().nodeId(), DropReason.UNFINISHED);
            }
        });
        if (silentTicks * waits.ping().toNanos() >= waits.silence().toNanos()) {
            close("nothing received for " + waits.silence().toMillis() + " ms", PeerSocket::reset, false);
        } else if (stalledTicks * waits.ping().toNanos() >= waits.stall().toNanos()) {
            close("no bytes taken for " + waits.stall().toMillis() + " ms", PeerSocket::reset, false);
        } else {
            if (!sent && !socket.full()) {
                writeFrame(WireFrame.Kind.PING, new byte[0]);
            }
            sent = false;
        }
    }

    /** Ends the connection; what was written goes out first, if it does so soon. Idempotent. */
    void close(String reason) {
        close(reason, this::closeSoon, false);
    }

    private void closeSoon(PeerSocket open) {
        open.closeWithin(environment.limits().waits().flush());
    }

    private void close(String reason, Consumer<PeerSocket> end, boolean byPeer) {
        if (state == State.CLOSED) {
            return;
        }
        boolean wasOpen = state == State.OPEN;
        state = State.CLOSED;
        handshakeTimer.cancel();
        if (wasOpen) {
            environment.metrics.connectionClosed(dialed);
        }
        if (peer != null) {
            peers.remove(this, peer, byPeer);
        }
        origin.closed(wasOpen ? Optional.of(identity()) : Optional.empty(), reason);
        // Last: whatever a socket makes of it, the address is dialled again.
        end.accept(socket);
    }

    /** Counts and names a hurt of the protocol, and ends the connection. */
    void refuse(Refusal refusal) {
        if (state != State.CLOSED) {
            environment.refused(other, refusal);
            close(refusal.detail(), PeerSocket::cut, false);
        }
    }

    private void receive(byte[] bytes) {
        environment.metrics.bytesRead(bytes.length);
        received = true;
        int at = 0;
        if (state == State.PROVING) {
            ByteBuffer unread = ByteBuffer.wrap(bytes);
            Optional<Refusal> refusal = handshake.feed(unread, this::write);
            refusal.ifPresent(this::refuse);
            if (state == State.PROVING && handshake.proven()) {
                identify();
            }
            at = unread.position();
        }
        read(bytes, at);
    }

    /** Reads to the end of the bytes or of the turn; then the rest waits for the next one, and the socket as well. */
    private void read(byte[] bytes, int from) {
        FrameDecoder frames = decoder;
        if (frames == null || state == State.CLOSED) {
            return;
        }
        frames.feed(bytes, from, bytes.length, this::take).ifPresent(this::refuse);
        if (frames.turnSpent() && state != State.CLOSED) {
            reading = true;
            int readTo = frames.readTo();
            socket.pause();
            environment.time.after(TURN_PAUSE, () -> {
                frames.newTurn();
                readOn(bytes, readTo);
            });
        }
    }

    private void readOn(byte[] bytes, int from) {
        reading = false;
        received = true;
        read(bytes, from);
        if (!reading && state != State.CLOSED) {
            socket.resume();
            if (endedWhileReading != null) {
                // What Vert.x had received before the end comes first.
                environment.time.after(TURN_PAUSE, this::endAfterReading);
            }
        }
    }

    private void endAfterReading() {
        if (!reading && endedWhileReading != null) {
            ended(endedWhileReading);
        }
    }

    /** The other end knows the secret: from here on all is sealed. */
    private void identify() {
        state = State.IDENTIFYING;
        encoder = new FrameEncoder(
                handshake.outbound(),
                environment.compression,
                environment.limits().frames().compressBytesMin());
        decoder = new FrameDecoder(handshake.inbound(), environment.compression);
        if (!dialed) {
            tellIdentity();
        }
    }

    private void tellIdentity() {
        writeFrame(
                WireFrame.Kind.IDENTITY,
                IdentityCodec.encode(
                        environment.config.identity(),
                        environment.clusterId(),
                        environment.config.address(),
                        environment.config.formatMax()));
    }

    /** Takes one frame; false if the connection is not to be read any further. */
    private boolean take(WireFrame frame) {
        environment.otherCluster(frame.clusterId()).ifPresent(refusal -> {
            if (state == State.OPEN) {
                refuse(refusal);
            }
        });
        if (state == State.IDENTIFYING && frame.kind() == WireFrame.Kind.IDENTITY) {
            IdentityCodec.decode(frame.payload())
                    .ifPresentOrElse(this::identified, () -> refuse(malformed("identity")));
        } else if (state == State.OPEN && frame.kind().lane().isPresent()) {
            takeMessage(frame.kind().lane().get(), frame);
        } else if (state != State.CLOSED && (state != State.OPEN || frame.kind() != WireFrame.Kind.PING)) {
            refuse(malformed(frame.kind() + " out of place"));
        }
        return state != State.CLOSED;
    }

    private void takeMessage(Lane lane, WireFrame frame) {
        FragmentJoiner joiner = joiners.computeIfAbsent(
                lane, first -> new FragmentJoiner(environment.limits().frames().frameBytesMax()));
        joiner.add(frame, message -> peers.received(lane, identity().nodeId(), message))
                .ifPresent(this::refuse);
    }

    private void identified(PeerIdentity peerIdentity) {
        if (dialed) {
            tellIdentity();
        }
        identity = peerIdentity;
        NodeIdentity own = environment.config.identity();
        if (peerIdentity.identity().equals(own)) {
            origin.self(peerIdentity);
            close("this node itself");
            return;
        }
        Optional<Refusal> otherCluster = environment.otherCluster(peerIdentity.clusterId());
        if (otherCluster.isPresent()) {
            peerIdentity.clusterId().ifPresent(origin::otherCluster);
            refuse(otherCluster.get());
            return;
        }
        boolean copyOfThisNode = peerIdentity.identity().nodeId().equals(own.nodeId());
        Optional<Refusal> copied = copyOfThisNode ? Optional.empty() : peers.meet(peerIdentity);
        if (copied.isPresent()) {
            refuse(copied.get());
            return;
        }
        state = State.OPEN;
        handshakeTimer.cancel();
        environment.metrics.connectionOpened(dialed);
        if (copyOfThisNode) {
            origin.opened(peerIdentity);
            refuse(new Refusal(
                    RefusalKind.COPIED_IDENTITY,
                    "a process at " + peerIdentity.address() + " has this node's id " + own.nodeId()
                            + ": its data directory is a copy; empty one of the two"));
            return;
        }
        peer = peers.add(this, peerIdentity);
        origin.opened(peerIdentity);
        peer.pump();
    }

    private void drained() {
        stalledTicks = 0;
        if (peer != null && state == State.OPEN) {
            peer.pump();
        }
    }

    private void handshakeTimedOut() {
        refuse(new Refusal(
                RefusalKind.HANDSHAKE_TIMEOUT,
                "no proof and identity within "
                        + environment.limits().waits().handshake().toMillis() + " ms"));
    }

    private void ended(String reason) {
        if (reading) {
            endedWhileReading = reason;
        } else if (state == State.PROVING || state == State.IDENTIFYING) {
            String guess = dialed ? "; it may have another cluster secret, or belong to another cluster" : "";
            refuse(new Refusal(RefusalKind.CLOSED_EARLY, reason + " before the handshake was over" + guess));
        } else {
            close(reason, this::closeSoon, true);
        }
    }

    private void writeFrame(WireFrame.Kind kind, byte[] payload) {
        ByteBuffer batch = environment.batch.clear();
        encoder().encode(kind, environment.clusterId(), payload, batch);
        writeBatch(batch);
    }

    private boolean writeBatch(ByteBuffer batch) {
        byte[] bytes = new byte[batch.flip().remaining()];
        batch.get(bytes);
        write(bytes);
        return bytes.length > 0;
    }

    private void write(byte[] bytes) {
        if (bytes.length > 0) {
            sent = true;
            environment.metrics.bytesWritten(bytes.length);
            socket.write(bytes);
        }
    }

    private FrameEncoder encoder() {
        if (encoder == null) {
            throw new IllegalStateException("nothing is sent before the proof, in state " + state);
        }
        return encoder;
    }

    private static Refusal malformed(String what) {
        return new Refusal(RefusalKind.MALFORMED, "a malformed frame: " + what);
    }

    private enum State {
        PROVING,
        IDENTIFYING,
        OPEN,
        CLOSED
    }

    /** Whoever brought the connection about; hears what becomes of it, in this order, each at most once. */
    interface Origin {

        /** The other end is this process itself; the connection is about to close. */
        void self(PeerIdentity identity);

        /** The other end belongs to this cluster, which is not ours; the connection is about to close. */
        default void otherCluster(ClusterId cluster) {}

        /** Both ends have proven and named themselves. */
        void opened(PeerIdentity identity);

        /** @param opened who it was open to, if it ever was */
        void closed(Optional<NodeIdentity> opened, String reason);
    }
}
