package io.muster.member.channel;

import static org.awaitility.Awaitility.await;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.port.Lane;
import io.muster.member.port.LinkEvent;
import io.muster.member.port.Net;
import io.muster.member.port.PeerLinks;
import io.muster.member.port.SecureRng;
import io.muster.member.port.VertxTime;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** A peer channel on loopback with a driver that notes what it hears. */
final class ChannelNode implements AutoCloseable {

    static final String HOST = "127.0.0.1";
    static final String SECRET = "a secret of this test";

    /** Of {@link #SECRET}; built once, since it costs a tenth of a second. */
    static final ClusterSecret KEY = new ClusterSecret(Optional.of(SECRET));

    /** A miss of this bound is a hang. */
    static final Duration SOON = Duration.ofSeconds(20);

    private final Vertx channelLoop = loop();
    private final Vertx driverLoop = loop();
    private final PeerChannel channel;
    private final PeerLinks links;
    private final Map<Lane, Net> nets = new EnumMap<>(Lane.class);
    private final VertxTime driver = new VertxTime(driverLoop.getOrCreateContext());

    final NodeIdentity identity;
    final CountingMetrics metrics = new CountingMetrics();

    /** What this node takes for its cluster. */
    final AtomicReference<Optional<ClusterId>> cluster = new AtomicReference<>(Optional.empty());

    final List<LinkEvent> events = new CopyOnWriteArrayList<>();
    final List<Received> received = new CopyOnWriteArrayList<>();

    /** Who was said to be gone, on any lane. */
    final List<Gone> gone = new CopyOnWriteArrayList<>();

    /** What code of the channel threw on its thread. */
    final List<Throwable> faults = new CopyOnWriteArrayList<>();

    private int port;

    ChannelNode(NodeIdentity identity, Optional<String> secret, ChannelLimits limits, int listenPort) {
        this.identity = identity;
        MemberAddress address = new MemberAddress(HOST, 8848, listenPort);
        channel = new PeerChannel(
                channelLoop,
                new ChannelConfig(HOST, listenPort, identity, address, 1, secret, limits),
                cluster::get,
                new SecureRng(),
                metrics);
        channelLoop.exceptionHandler(faults::add);
        links = channel.links(driver);
        links.onEvent(events::add);
        for (Lane lane : Lane.values()) {
            Net net = channel.net(lane, driver);
            net.onFrame((from, frame) -> received.add(new Received(lane, from, frame)));
            net.onPeerGone(peer -> gone.add(new Gone(lane, peer)));
            nets.put(lane, net);
        }
    }

    /** A started node of this number, with the secret of these tests. */
    static ChannelNode started(int number) {
        return started(number, 1, ChannelLimits.defaults());
    }

    static ChannelNode started(int number, long runId, ChannelLimits limits) {
        return new ChannelNode(identity(number, runId), Optional.of(SECRET), limits, 0).start();
    }

    static NodeIdentity identity(int number, long runId) {
        return new NodeIdentity(new NodeId(number, number), runId);
    }

    ChannelNode start() {
        port = channel.start().toCompletableFuture().join();
        return this;
    }

    PeerChannel channel() {
        return channel;
    }

    /** Keeps the driver's thread busy until the latch opens. */
    void holdDriver(CountDownLatch until) {
        driver.execute(() -> {
            try {
                until.await();
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        });
    }

    NodeId id() {
        return identity.nodeId();
    }

    int port() {
        return port;
    }

    /** Where this node is reached. */
    MemberAddress address() {
        return addressOf(port);
    }

    static MemberAddress addressOf(int peerPort) {
        return new MemberAddress(HOST, 8848, peerPort);
    }

    void dial(MemberAddress... addresses) {
        links.dial(List.of(addresses));
    }

    /** Dials the other and waits until the connection is open. */
    void connect(ChannelNode other) {
        dial(other.address());
        awaitOpened(other.address(), other.identity);
    }

    void awaitOpened(MemberAddress address, NodeIdentity who) {
        await().atMost(SOON)
                .until(() -> events.stream()
                        .anyMatch(event -> event instanceof LinkEvent.Opened opened
                                && opened.dialed().equals(address)
                                && opened.peer().identity().equals(who)));
    }

    /** Waits for an event of this kind, and gives the last one. */
    <E extends LinkEvent> E awaitEvent(Class<E> kind) {
        await().atMost(SOON).until(() -> events.stream().anyMatch(kind::isInstance));
        return events(kind).get(events(kind).size() - 1);
    }

    /** Waits until an attempt has failed for this reason, among others perhaps. */
    void awaitFailed(String reason) {
        await().atMost(SOON)
                .until(() -> events(LinkEvent.Failed.class).stream()
                        .anyMatch(failed -> failed.reason().contains(reason)));
    }

    <E extends LinkEvent> List<E> events(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    void send(Lane lane, NodeId to, byte[] frame) {
        nets.get(lane).send(to, frame);
    }

    void awaitRefused(RefusalKind kind) {
        await().atMost(SOON).until(() -> metrics.refusals().containsKey(kind));
    }

    void awaitReceived(Lane lane, NodeId from, byte[] frame) {
        await().atMost(SOON)
                .until(() -> received.stream()
                        .anyMatch(each ->
                                each.lane == lane && each.from.equals(from) && Arrays.equals(each.frame, frame)));
    }

    @Override
    public void close() {
        channel.stop().toCompletableFuture().join();
        channelLoop.close().await();
        driverLoop.close().await();
    }

    private static Vertx loop() {
        return Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Received(Lane lane, NodeId from, byte[] frame) {}

    record Gone(Lane lane, NodeId peer) {}
}
