package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeIdentity;
import io.muster.member.channel.ChannelLimits.Waits;
import io.muster.member.port.Lane;
import io.muster.member.port.LinkEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** X17, X24: strangers, liars and the hung, over real sockets on loopback: closed, counted, and of no harm to others. */
class HostilePeerTest {

    private static final ClusterSecret KEY = ChannelNode.KEY;
    private static final Optional<String> WRONG = Optional.of("another secret");
    private static final Optional<ClusterId> NO_CLUSTER = Optional.empty();
    private static final NodeIdentity STRANGER = ChannelNode.identity(66, 1);
    private static final int CROWD = 20;

    /** Short waits, for tests that wait for them. */
    private static final ChannelLimits IMPATIENT = ChannelLimits.defaults()
            .withUnprovenMax(CROWD)
            .withWaits(new Waits(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(500)));

    private final List<RawPeer> raws = new ArrayList<>();
    private ChannelNode node;
    private ChannelNode friend;

    @BeforeEach
    void start() {
        node = ChannelNode.started(1, 1, IMPATIENT);
        friend = ChannelNode.started(2, 1, IMPATIENT);
        friend.connect(node);
    }

    /** Whatever happened: an honest peer is connected, nobody else, and frames pass. */
    @AfterEach
    void honestPeerWasNotHurt() {
        raws.forEach(RawPeer::close);
        await().atMost(ChannelNode.SOON).until(() -> node.channel().peers().size() == 1);
        byte[] heartbeat = {1, 2, 3};
        friend.send(Lane.HEALTH, node.id(), heartbeat);
        node.awaitReceived(Lane.HEALTH, friend.id(), heartbeat);
        assertThat(friend.events(LinkEvent.Closed.class)).isEmpty();
        assertThat(node.faults).isEmpty();
        friend.close();
        node.close();
    }

    @Test
    void garbage_isRefusedWithoutAnAnswer() {
        for (String greeting : List.of("GET / HTTP/1.1\r\n\r\n", "\0", "MUSTERXX")) {
            RawPeer stranger = dial().write(greeting.getBytes(StandardCharsets.US_ASCII));

            assertThat(stranger.readUntilClosed()).isZero();
        }
        awaitRefused(RefusalKind.NOT_A_PEER, 3);
    }

    @Test
    void wrongSecret_getsNoProofAndNoIdentity() {
        for (ClusterSecret other : List.of(new ClusterSecret(WRONG), new ClusterSecret(Optional.empty()))) {
            RawPeer stranger = dial();
            Handshake handshake = Handshake.dialing(other, new byte[Handshake.NONCE_BYTES]);
            stranger.write(handshake.opening());
            handshake.feed(ByteBuffer.wrap(stranger.read(Handshake.HELLO_BYTES)), stranger::write);

            assertThat(stranger.readUntilClosed()).isZero();
        }
        awaitRefused(RefusalKind.SECRET, 2);
    }

    @Test
    void nodesWithDifferentSecrets_bothSaySo() {
        ChannelNode other = new ChannelNode(ChannelNode.identity(3, 1), WRONG, ChannelLimits.defaults(), 0).start();
        try {
            other.dial(node.address());

            other.awaitFailed("another cluster secret");
            node.awaitRefused(RefusalKind.SECRET);
            other.awaitRefused(RefusalKind.CLOSED_EARLY);
        } finally {
            other.close();
        }
    }

    /** It has a listed address, answers, and makes the proof up. */
    @Test
    void listenerWithoutTheSecret_isRefused() throws IOException {
        try (ServerSocket listener = RawPeer.listener()) {
            node.dial(ChannelNode.addressOf(listener.getLocalPort()));
            RawPeer pretender = kept(RawPeer.accept(listener));
            pretender.write(hello()).read(Handshake.HELLO_BYTES + Handshake.PROOF_BYTES);
            pretender.write(new byte[Handshake.PROOF_BYTES]);

            assertThat(pretender.readUntilClosed()).isZero();
        }
        node.awaitRefused(RefusalKind.SECRET);
        node.awaitFailed("has another cluster secret");
        node.dial();
    }

    /** It sends everything back, so that the node would talk to itself. */
    @Test
    void reflector_isRefused() throws IOException {
        try (ServerSocket listener = RawPeer.listener()) {
            node.dial(ChannelNode.addressOf(listener.getLocalPort()));
            RawPeer mirror = kept(RawPeer.accept(listener));
            mirror.write(mirror.read(Handshake.HELLO_BYTES));
            mirror.write(mirror.read(Handshake.PROOF_BYTES));

            assertThat(mirror.readUntilClosed()).isZero();
        }
        node.awaitRefused(RefusalKind.SECRET);
        node.dial();
    }

    @Test
    void replayOfAnHonestConnection_isRefused() {
        RawPeer honest = dial();
        List<byte[]> transcript = new ArrayList<>();
        Handshake handshake = Handshake.dialing(KEY, new byte[Handshake.NONCE_BYTES]);
        transcript.add(handshake.opening());
        honest.write(handshake.opening());
        handshake.feed(ByteBuffer.wrap(honest.read(Handshake.HELLO_BYTES)), transcript::add);
        honest.write(transcript.get(1)).read(Handshake.PROOF_BYTES);

        RawPeer replay = dial().write(transcript.get(0));
        replay.read(Handshake.HELLO_BYTES);

        assertThat(replay.write(transcript.get(1)).readUntilClosed()).isZero();
        awaitRefused(RefusalKind.SECRET, 1);
    }

    /** A frame that an honest connection carried, repeated in it, and another's put into it. */
    @Test
    void replayedOrSplicedFrame_closesTheConnection() {
        RawPeer liar = dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        RawPeer other = dial().proveAsDialer(KEY).identify(ChannelNode.identity(67, 1), NO_CLUSTER);
        byte[] frame = liar.frame(WireFrame.Kind.RAFT, NO_CLUSTER, new byte[] {9});
        liar.write(frame);
        node.awaitReceived(Lane.RAFT, STRANGER.nodeId(), new byte[] {9});

        liar.write(frame).readUntilClosed();
        other.write(frame).readUntilClosed();

        awaitRefused(RefusalKind.SEAL, 2);
        assertThat(node.received).hasSize(1);
    }

    @Test
    void frameBeforeTheIdentity_isRefused() {
        dial().proveAsDialer(KEY)
                .send(WireFrame.Kind.RAFT, NO_CLUSTER, new byte[] {1})
                .readUntilClosed();

        node.awaitRefused(RefusalKind.MALFORMED);
        assertThat(node.received).isEmpty();
    }

    @Test
    void secondIdentity_isRefused() {
        dial().proveAsDialer(KEY)
                .identify(STRANGER, NO_CLUSTER)
                .tellIdentity(ChannelNode.identity(67, 1), NO_CLUSTER)
                .readUntilClosed();

        node.awaitRefused(RefusalKind.MALFORMED);
    }

    @Test
    void malformedIdentity_isRefused() {
        dial().proveAsDialer(KEY)
                .send(WireFrame.Kind.IDENTITY, NO_CLUSTER, new byte[] {1, 2, 3})
                .readUntilClosed();

        node.awaitRefused(RefusalKind.MALFORMED);
    }

    @Test
    void lengthOfTwoGigabytes_isRefused() {
        dial().proveAsDialer(KEY)
                .identify(STRANGER, NO_CLUSTER)
                .write(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array())
                .readUntilClosed();

        node.awaitRefused(RefusalKind.LENGTH);
    }

    @Test
    void endInsideAFrame_isAClosedConnection() {
        RawPeer peer = dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        peer.write(new byte[] {0, 0, 1}).close();

        assertThat(node.awaitEvent(LinkEvent.AcceptedClosed.class).peer()).isEqualTo(STRANGER.nodeId());
    }

    @Test
    void otherClustersFrame_isRefused() {
        node.cluster.set(Optional.of(new ClusterId(0, 1)));
        RawPeer peer = dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);

        peer.send(WireFrame.Kind.DISTRO, Optional.of(new ClusterId(0, 2)), new byte[] {1})
                .readUntilClosed();

        node.awaitRefused(RefusalKind.CLUSTER);
        assertThat(node.received).isEmpty();
    }

    @Test
    void strangerThatSaysNothing_orTooLittle_isClosed() {
        RawPeer silent = dial();
        RawPeer slow = dial().write(new byte[] {'M'});
        RawPeer unnamed = dial().proveAsDialer(KEY);

        silent.readUntilClosed();
        slow.readUntilClosed();
        unnamed.readUntilClosed();
        awaitRefused(RefusalKind.HANDSHAKE_TIMEOUT, 3);
    }

    /** A byte now and then, all of them right, does not buy time. */
    @Test
    void slowLoris_isClosed() {
        RawPeer slow = dial();
        byte[] hello = hello();
        int[] at = {0};
        await().atMost(ChannelNode.SOON).pollInterval(Duration.ofMillis(100)).until(() -> {
            slow.write(new byte[] {hello[at[0]++]});
            return node.metrics.refused(RefusalKind.HANDSHAKE_TIMEOUT, 1) == 1;
        });

        assertThat(slow.readUntilClosed()).isZero();
        assertThat(node.metrics.refusals()).containsOnlyKeys(RefusalKind.HANDSHAKE_TIMEOUT);
    }

    @Test
    void listenerThatSaysNothing_isGivenUp_andDialledAgain() throws IOException {
        try (ServerSocket listener = RawPeer.listener()) {
            node.dial(ChannelNode.addressOf(listener.getLocalPort()));
            kept(RawPeer.accept(listener)).readUntilClosed();
            kept(RawPeer.accept(listener)).readUntilClosed();
        }
        node.awaitFailed("no proof and identity within 1000 ms");
        node.dial();
    }

    /** X17: strangers that keep coming from one host crowd out themselves, and not a slow honest peer on another one. */
    @Test
    void floodOfStrangers_crowdsItselfOut() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        Thread flood = new Thread(() -> {
            Queue<RawPeer> crowd = new ArrayDeque<>();
            while (!over.get()) {
                crowd.add(RawPeer.dial(node.port()));
                if (crowd.size() > 2 * CROWD) {
                    RawPeer oldest = crowd.remove();
                    oldest.readUntilClosed();
                    oldest.close();
                }
            }
            crowd.forEach(RawPeer::close);
        });
        flood.start();
        try {
            awaitRefused(RefusalKind.CROWD, CROWD);
            RawPeer honest = kept(RawPeer.dialFrom("127.0.0.2", node.port()));
            awaitRefused(
                    RefusalKind.CROWD, Math.toIntExact(node.metrics.refusals().get(RefusalKind.CROWD)) + 3 * CROWD);

            honest.proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);

            honest.send(WireFrame.Kind.HEALTH, NO_CLUSTER, new byte[] {5});
            node.awaitReceived(Lane.HEALTH, STRANGER.nodeId(), new byte[] {5});
        } finally {
            over.set(true);
            flood.join();
        }
    }

    /** A power cut or a dead link sends no end of a connection. */
    @Test
    void peerThatFallsSilent_isClosed() {
        dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);

        LinkEvent.AcceptedClosed closed = node.awaitEvent(LinkEvent.AcceptedClosed.class);

        assertThat(closed.reason()).isEqualTo("nothing received for 2000 ms");
    }

    @Test
    void idleConnection_isKeptByPings() {
        RawPeer peer = dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        for (int count = 0; count < 15; count++) {
            assertThat(peer.receive().kind()).isEqualTo(WireFrame.Kind.PING);
            peer.send(WireFrame.Kind.PING, NO_CLUSTER, new byte[0]);
        }

        assertThat(node.events(LinkEvent.AcceptedClosed.class)).isEmpty();
    }

    /** X17: it pings, but reads nothing. What waits for it is bounded, others are served meanwhile, and then it is closed. */
    @Test
    void peerThatDoesNotRead_costsAConstant() {
        RawPeer hung = kept(RawPeer.dial(node.port(), 4096)).proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        await().atMost(ChannelNode.SOON).until(() -> node.channel().peers().size() == 2);
        byte[] frame = new byte[1 << 20];
        new Random(1).nextBytes(frame);
        for (int count = 0; count < 200; count++) {
            node.send(Lane.RAFT, STRANGER.nodeId(), frame);
            node.send(Lane.DISTRO, STRANGER.nodeId(), frame);
        }
        long queued = node.channel().peers().stream()
                .flatMap(peer -> peer.queuedBytes().values().stream())
                .mapToLong(Long::longValue)
                .sum();
        assertThat(queued).isLessThanOrEqualTo(2L * (32 << 20));
        assertThat(node.metrics.drops(PeerMetrics.DropReason.QUEUE_FULL)).isGreaterThan(300);
        byte[] heartbeat = {4};
        node.send(Lane.HEALTH, friend.id(), heartbeat);
        friend.awaitReceived(Lane.HEALTH, node.id(), heartbeat);

        await().atMost(ChannelNode.SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
            hung.send(WireFrame.Kind.PING, NO_CLUSTER, new byte[0]);
            return !node.events(LinkEvent.AcceptedClosed.class).isEmpty();
        });

        assertThat(node.awaitEvent(LinkEvent.AcceptedClosed.class).reason()).isEqualTo("no bytes taken for 2000 ms");
        assertThat(node.channel().peers()).hasSize(1);
        awaitReset(hung);
    }

    /** What waits for it has a bounded time to go out. */
    @Test
    void stop_doesNotWaitForAPeerThatDoesNotRead() {
        ChannelNode stopping = ChannelNode.started(4, 1, IMPATIENT);
        RawPeer hung =
                kept(RawPeer.dial(stopping.port(), 4096)).proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        await().atMost(ChannelNode.SOON).until(() -> stopping.channel().peers().size() == 1);
        byte[] frame = new byte[4 << 20];
        new Random(1).nextBytes(frame);
        stopping.send(Lane.RAFT, STRANGER.nodeId(), frame);

        assertThat(stopping.channel().stop().toCompletableFuture()).succeedsWithin(ChannelNode.SOON);

        awaitReset(hung);
        stopping.close();
    }

    /** A stranger that sees its refusal, but keeps its end open and reads nothing. */
    @Test
    void refusedPeer_keepsNoSocketOfThisNode() {
        RawPeer refused =
                kept(RawPeer.dial(node.port(), 4096)).proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        await().atMost(ChannelNode.SOON).until(() -> node.channel().peers().size() == 2);
        byte[] frame = new byte[4 << 20];
        new Random(1).nextBytes(frame);
        node.send(Lane.RAFT, STRANGER.nodeId(), frame);

        refused.sendSealed(new byte[] {WireFrame.FORMAT, 99, 0});

        node.awaitRefused(RefusalKind.MALFORMED);
        awaitReset(refused);
    }

    /** X17: a little that decompresses to much is taken in turns: it arrives whole, though its sender has closed meanwhile. */
    @Test
    void muchInFewBytes_isTakenInTurns() {
        RawPeer peer = dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);

        peer.write(peer.zeros(WireFrame.Kind.DISTRO, 16 << 20)).end();

        node.awaitReceived(Lane.DISTRO, STRANGER.nodeId(), new byte[16 << 20]);
        assertThat(node.awaitEvent(LinkEvent.AcceptedClosed.class).peer()).isEqualTo(STRANGER.nodeId());
    }

    /** Design §6, either connection is enough: it goes on, from the beginning of the message in which the other one broke. */
    @Test
    void dialledConnectionBreaksInsideAMessage_acceptedOneCarriesItWhole() throws IOException {
        try (ServerSocket listener = RawPeer.listener()) {
            listener.setReceiveBufferSize(4096);
            RawPeer accepted = dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
            MemberAddress address = ChannelNode.addressOf(listener.getLocalPort());
            node.dial(address);
            RawPeer dialled = kept(RawPeer.accept(listener)).proveAsAcceptor(KEY);
            dialled.identify(STRANGER, NO_CLUSTER);
            node.awaitOpened(address, STRANGER);
            byte[] message = new byte[4 << 20];
            new Random(1).nextBytes(message);
            node.send(Lane.RAFT, STRANGER.nodeId(), message);
            WireFrame begun = receiveMessage(dialled);
            assertThat(begun.more()).isTrue();

            dialled.close();

            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            WireFrame fragment = receiveMessage(accepted);
            assertThat(fragment.continued()).isFalse();
            joined.writeBytes(fragment.payload());
            while (fragment.more()) {
                fragment = receiveMessage(accepted);
                joined.writeBytes(fragment.payload());
            }
            assertThat(joined.toByteArray()).isEqualTo(message);
            node.dial();
        }
    }

    /** Its sender went on over another connection, and keeps this one alive. */
    @Test
    void unfinishedMessage_isLetGo_andItsLateEndDoesNoHarm() {
        RawPeer peer = dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        byte[] beginning = {WireFrame.FORMAT, WireFrame.Kind.RAFT.code(), WireFrame.FLAG_MORE, 1};
        byte[] end = {WireFrame.FORMAT, WireFrame.Kind.RAFT.code(), WireFrame.FLAG_CONTINUED, 2};
        peer.sendSealed(beginning);

        await().atMost(ChannelNode.SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
            peer.send(WireFrame.Kind.PING, NO_CLUSTER, new byte[0]);
            return node.metrics.drops(PeerMetrics.DropReason.UNFINISHED) == 1;
        });
        peer.sendSealed(end).send(WireFrame.Kind.RAFT, NO_CLUSTER, new byte[] {3});

        node.awaitReceived(Lane.RAFT, STRANGER.nodeId(), new byte[] {3});
        assertThat(node.received).hasSize(1);
    }

    /** Whoever knows the secret and sends nonsense, well sealed: closed or ignored, and nothing breaks. */
    @Test
    void sealedNonsense_isRefused_andNothingBreaks() {
        Random random = new Random(20_26);
        for (int round = 0; round < 300; round++) {
            RawPeer insider = RawPeer.dial(node.port()).proveAsDialer(KEY);
            if (random.nextInt(4) > 0) {
                insider.tellIdentity(ChannelNode.identity(100 + round, 1), NO_CLUSTER);
            }
            for (int frames = random.nextInt(12); frames > 0; frames--) {
                insider.sendSealed(nonsense(random));
            }
            insider.close();
        }

        node.awaitRefused(RefusalKind.MALFORMED);
        node.awaitRefused(RefusalKind.COMPRESSION);
        assertThat(node.metrics.refusals()).doesNotContainKeys(RefusalKind.SEAL, RefusalKind.SECRET);
    }

    private static byte[] nonsense(Random random) {
        byte[] body = new byte[random.nextInt(200)];
        if (random.nextBoolean()) {
            random.nextBytes(body);
        }
        int kind = random.nextInt(WireFrame.Kind.values().length + (random.nextInt(8) == 0 ? 1 : 0));
        int flags =
                random.nextInt(WireFrame.FLAGS_KNOWN + 1) & (random.nextInt(3) == 0 ? -1 : ~WireFrame.FLAG_COMPRESSED);
        byte format = random.nextInt(20) == 0 ? (byte) random.nextInt() : WireFrame.FORMAT;
        return ByteBuffer.allocate(WireFrame.HEAD_BYTES + body.length)
                .put(format)
                .put((byte) kind)
                .put((byte) flags)
                .put(body)
                .array();
    }

    private static WireFrame receiveMessage(RawPeer peer) {
        WireFrame frame = peer.receive();
        while (frame.kind().lane().isEmpty()) {
            frame = peer.receive();
        }
        return frame;
    }

    private static void awaitReset(RawPeer peer) {
        await().atMost(ChannelNode.SOON).pollInterval(Duration.ofMillis(50)).until(peer::isReset);
    }

    @Test
    void tooManyConnectionsOfOneNode_closeTheOldest() {
        RawPeer oldest = dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        for (int count = 0; count < 8; count++) {
            dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        }

        oldest.readUntilClosed();
        assertThat(node.awaitEvent(LinkEvent.AcceptedClosed.class).reason())
                .isEqualTo("replaced by a newer connection");
    }

    /** A restart whose old connections nobody has ended. */
    @Test
    void newerRunOfANode_replacesTheOlder() {
        RawPeer before = dial().proveAsDialer(KEY).identify(STRANGER, NO_CLUSTER);
        dial().proveAsDialer(KEY).identify(ChannelNode.identity(66, 2), NO_CLUSTER);

        before.readUntilClosed();

        assertThat(node.channel().peers())
                .extracting(PeerStatus::identity)
                .contains(ChannelNode.identity(66, 2))
                .doesNotContain(STRANGER);
    }

    private RawPeer dial() {
        return kept(RawPeer.dial(node.port()));
    }

    private RawPeer kept(RawPeer raw) {
        raws.add(raw);
        return raw;
    }

    private void awaitRefused(RefusalKind kind, int times) {
        await().atMost(ChannelNode.SOON).until(() -> node.metrics.refused(kind, times) == times);
    }

    private static byte[] hello() {
        return Handshake.dialing(KEY, new byte[Handshake.NONCE_BYTES]).opening();
    }
}
