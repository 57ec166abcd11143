package io.muster.member.channel;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.port.Lane;
import io.muster.member.port.LinkEvent;
import io.muster.member.port.Net;
import io.muster.member.port.PeerLinks;
import io.muster.member.port.Rng;
import io.muster.member.port.Time;
import io.muster.member.port.VertxTime;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One node's end of the peer channel: a listener, the connections to listed members, and the queues towards them (design §6).
 *
 * <p>Life: construct, take {@link #links} and {@link #net} for the drivers, {@link #start} once, {@link #stop} once. Any thread may call; callbacks
 * come on the thread of the {@link Time} that was handed in for them.
 */
public final class PeerChannel {

    private static final String STOPPING = "this node stops";

    /** How often it is looked whether the queues are empty before connections close, and how many times. */
    private static final Duration DRAIN_LOOK = Duration.ofMillis(10);

    private static final int DRAIN_LOOKS_MAX = 100;

    private final Environment environment;
    private final PeerTable peers;
    private final LinkEvents events = new LinkEvents();
    private final Dialer dialer;
    private final Acceptor acceptor;
    private final AtomicBoolean stopBegun = new AtomicBoolean();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /**
     * Builds it; nothing is opened.
     *
     * @param vertx for this channel alone, with one event loop; the caller closes it after {@link #stop}
     * @param clusterId this node's cluster, empty until it is founded or joined; asked often, on the channel's thread
     * @param rng for the jitter of back-off; nonces come from the machine's secure source
     */
    public PeerChannel(
            Vertx vertx, ChannelConfig config, Supplier<Optional<ClusterId>> clusterId, Rng rng, PeerMetrics metrics) {
        this.environment = new Environment(config, clusterId, new VertxTime(vertx.getOrCreateContext()), metrics);
        this.peers = new PeerTable(environment);
        this.dialer = new Dialer(vertx, environment, peers, events, rng);
        this.acceptor = new Acceptor(vertx, environment, peers, events);
    }

    /**
     * The connections, for member health; to be taken once.
     *
     * @param driver its events come there
     */
    public PeerLinks links(Time driver) {
        events.on(driver);
        return new PeerLinks() {
            @Override
            public void dial(Collection<MemberAddress> addresses) {
                List<MemberAddress> listed = List.copyOf(addresses);
                environment.time.execute(() -> {
                    if (!stopBegun.get()) {
                        dialer.dial(listed);
                    }
                });
            }

            @Override
            public void onEvent(Consumer<LinkEvent> listener) {
                events.listen(listener);
            }
        };
    }

    /**
     * The frames of one lane; to be taken once for each.
     *
     * @param driver inbound frames come there
     */
    public Net net(Lane lane, Time driver) {
        return peers.net(lane).on(driver);
    }

    /**
     * Listens. What {@link PeerLinks#dial} asked for is dialled from then on.
     *
     * @return the port; or a {@link java.net.BindException} whose message names host, port and reason
     */
    public CompletionStage<Integer> start() {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        environment.time.execute(() -> acceptor.listen().onComplete(bound -> {
            if (bound.failed()) {
                port.completeExceptionally(bound.cause());
            } else {
                dialer.start();
                tickLater();
                port.complete(bound.result());
            }
        }));
        return port;
    }

    /** Closes the listener and every connection, after what is queued was written or a second has passed; idempotent. No callback comes after it. */
    public CompletionStage<Void> stop() {
        if (stopBegun.compareAndSet(false, true)) {
            environment.time.execute(() -> closeWhenDrained(0));
        }
        return stopped.minimalCompletionStage();
    }

    /** The connected peers, sorted by node id. */
    public List<PeerStatus> peers() {
        return peers.status();
    }

    private void tickLater() {
        environment.time.after(environment.limits().waits().ping(), () -> {
            if (!stopped.isDone()) {
                // First, so that a tick that fails is not the last one.
                tickLater();
                peers.tick();
            }
        });
    }

    private void closeWhenDrained(int looks) {
        if (!peers.idle() && looks < DRAIN_LOOKS_MAX) {
            environment.time.after(DRAIN_LOOK, () -> closeWhenDrained(looks + 1));
            return;
        }
        Future<Void> closed =
                Future.join(dialer.stop(STOPPING), acceptor.stop(STOPPING)).mapEmpty();
        closed.onComplete(end -> {
            for (Lane lane : Lane.values()) {
                peers.net(lane).stop();
            }
            events.stop();
            environment.compression.close();
            stopped.complete(null);
        });
    }
}
