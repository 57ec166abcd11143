package io.muster.server;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberView;
import io.muster.member.NodeIdentity;
import io.muster.member.channel.ChannelConfig;
import io.muster.member.channel.ChannelLimits;
import io.muster.member.channel.PeerChannel;
import io.muster.member.channel.PeerStatus;
import io.muster.member.health.HealthDriver;
import io.muster.member.health.HealthPorts;
import io.muster.member.health.core.HealthStatus;
import io.muster.member.health.core.HealthTiming;
import io.muster.member.health.core.Notice;
import io.muster.member.port.Lane;
import io.muster.member.port.SecureRng;
import io.muster.member.port.Time;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.Secret;
import io.muster.server.config.ServerConfig;
import io.muster.server.http.PeerFigures;
import io.muster.server.metrics.MemberMeters;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The side of a node that faces other members, while it is one of several: member health says who is alive, and the peer channel carries the frames,
 * on an event loop of its own, which neither clients nor engines hold up. The methods are for any thread.
 *
 * <p>Life: the lanes {@link LateNet#attach attach} to the {@link #channel}, {@link #open}, lists and announcements as they come, {@link #leave}, {@link
 * #close}.
 */
final class PeerSide {

    private static final Logger LOG = LoggerFactory.getLogger(PeerSide.class);

    private static final long NANOS_PER_MICRO = 1_000;

    private final String host;
    private final int peerPort;
    private final Vertx loop = EventLoops.create(1);
    private final PeerChannel channel;
    private final HealthDriver health;

    /**
     * Builds it; opens nothing.
     *
     * @param config says the secret and how to probe
     * @param self this node as lists name it
     * @param peerPort to listen on
     * @param clusterId empty until the node is founded or joined
     * @param healthTime the thread of member health
     * @param onView gets the views of the members, on that thread
     */
    PeerSide(
            ServerConfig config,
            String host,
            NodeIdentity identity,
            MemberAddress self,
            int peerPort,
            Supplier<Optional<ClusterId>> clusterId,
            Time healthTime,
            MemberMeters meters,
            Consumer<MemberView> onView,
            Consumer<Notice> onNotice) {
        this.host = host;
        this.peerPort = peerPort;
        ChannelConfig channelConfig = new ChannelConfig(
                host,
                peerPort,
                identity,
                self,
                config.formatMax(),
                config.clusterSecret().map(Secret::value),
                ChannelLimits.defaults());
        channel = new PeerChannel(loop, channelConfig, clusterId, new SecureRng(), meters.channel());
        ServerConfig.Probing probing = config.probing();
        health = new HealthDriver(
                identity,
                self,
                HealthTiming.of(probing.interval(), probing.suspiciousAfter(), probing.downAfter()),
                new HealthPorts(healthTime, channel.net(Lane.HEALTH, healthTime), channel.links(healthTime)),
                onView,
                onNotice,
                meters.health());
        tellAtStart(config, self);
    }

    private void tellAtStart(ServerConfig config, MemberAddress self) {
        if (self.peerPort() != peerPort) {
            LOG.warn(
                    "the member list names {} as the peer port of this node ({}), which listens on {} itself: members reach it only"
                            + " if something passes connections on",
                    self.peerPort(),
                    self.name(),
                    peerPort);
        }
        if (config.clusterSecret().isEmpty()) {
            LOG.warn("no cluster secret is set: every local process is trusted as a member");
        }
    }

    PeerChannel channel() {
        return channel;
    }

    /**
     * Listens, and begins to ask after the members.
     *
     * @return fails with {@link ServerFailure} if the port can't be opened; close it then, too
     */
    CompletionStage<Void> open() {
        CompletableFuture<Void> opened = new CompletableFuture<>();
        channel.start().whenComplete((port, cause) -> {
            if (cause != null) {
                opened.completeExceptionally(new ServerFailure(
                        ExitCode.UNAVAILABLE,
                        "can't listen for members on " + host + ":" + peerPort + ": " + cause.getMessage()
                                + ". Choose another port by --peer-port",
                        cause));
                return;
            }
            LOG.info("listening for members on {}:{}", host, port);
            health.start();
            opened.complete(null);
        });
        return opened;
    }

    void wish(List<MemberAddress> listed) {
        health.wish(listed);
    }

    void announceLoaded(boolean loaded) {
        health.announceLoaded(loaded);
    }

    void announceCluster(ClusterId id) {
        health.announceCluster(id);
    }

    HealthStatus status() {
        return health.status();
    }

    List<PeerStatus> peers() {
        return channel.peers();
    }

    /** What is measured of the way to a member. */
    PeerFigures figures(Member member) {
        return member.nodeId()
                .flatMap(id -> health.status().peer(id))
                .map(PeerSide::figures)
                .orElse(PeerFigures.NONE);
    }

    private static PeerFigures figures(HealthStatus.Peer peer) {
        return new PeerFigures(
                optional(peer.roundTripNanos().map(nanos -> nanos / NANOS_PER_MICRO)),
                optional(peer.clockSkewMillis()));
    }

    private static OptionalLong optional(Optional<Long> figure) {
        return figure.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /** Tells the members that this node goes, so that they turn to others at once. */
    CompletionStage<Void> leave() {
        return health.leave();
    }

    /** Closes the port and every connection; no view comes after it. */
    CompletionStage<Void> close() {
        health.stop();
        return channel.stop().thenCompose(stopped -> loop.close().toCompletionStage());
    }
}
