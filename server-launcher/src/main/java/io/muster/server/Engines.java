package io.muster.server;

import io.muster.consistency.ConsistencyService;
import io.muster.consistency.router.ConsistencyRouter;
import io.muster.distro.DistroConfig;
import io.muster.distro.DistroEngine;
import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.LeaseLimits;
import io.muster.distro.core.PeerLimits;
import io.muster.member.DataDirectory;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.member.port.FileDisk;
import io.muster.member.port.Lane;
import io.muster.member.port.Ports;
import io.muster.member.port.Rng;
import io.muster.member.port.SecureRng;
import io.muster.member.port.VertxTime;
import io.muster.naming.check.CheckOwnership;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.wire.RegistryRecordCodec;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftConfig;
import io.muster.raft.engine.RaftEngine;
import io.muster.server.config.ServerConfig;
import io.muster.server.metrics.ServerMetrics;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Both engines, each on an event loop and an I/O thread of its own, over the production forms of their ports, and over the members that both see
 * (R2).
 */
final class Engines {

    /** One for each engine, one for lookup and member health. */
    private static final int LOOPS = 3;

    private final Vertx vertx;
    private final Membership membership;
    private final FileDisk raftDisk;
    private final FileDisk distroDisk;
    private final NodeId self;
    private final RaftEngine<RegistryRecord> raft;
    private final DistroEngine<RegistryRecord> distro;

    /** Loops for {@link #Engines} and {@link Membership}. */
    static Vertx eventLoops() {
        return EventLoops.create(LOOPS);
    }

    /**
     * Builds both; neither has started.
     *
     * @param membership whom they share; not started yet
     * @param vertx of {@link #eventLoops}; the caller closes it after {@link #stop}
     * @param onRaftFailure is told if the Raft engine stops itself while running
     * @param onDistroFailure is told likewise, and why
     * @throws IOException if the data directory can't be written
     */
    Engines(
            ServerConfig config,
            DataDirectory directory,
            Membership membership,
            Vertx vertx,
            ServerMetrics metrics,
            Consumer<EngineFailure> onRaftFailure,
            Consumer<String> onDistroFailure)
            throws IOException {
        RaftConfig raftConfig = raftConfig(config);
        DistroConfig distroConfig = distroConfig(config);
        this.vertx = vertx;
        this.membership = membership;
        this.self = directory.identity().nodeId();
        Rng rng = new SecureRng();
        RegistryRecordCodec codec = new RegistryRecordCodec();
        VertxTime raftTime = new VertxTime(EventLoops.next(vertx));
        VertxTime distroTime = new VertxTime(EventLoops.next(vertx));
        raftDisk = FileDisk.open(directory.path(), raftTime, "muster-raft-disk");
        distroDisk = FileDisk.open(directory.path(), distroTime, "muster-distro-disk");
        raft = new RaftEngine<>(
                raftConfig,
                codec,
                directory.identity(),
                ports(raftTime, rng, Lane.RAFT, raftDisk),
                metrics.raft(),
                onRaftFailure);
        distro = new DistroEngine<>(
                distroConfig,
                codec,
                directory.identity(),
                ports(distroTime, rng, Lane.DISTRO, distroDisk),
                metrics.distro(),
                broken -> onDistroFailure.accept("the engine for ephemeral data stopped: " + broken));
    }

    private Ports ports(VertxTime time, Rng rng, Lane lane, FileDisk disk) {
        return new Ports(time, rng, membership.net(lane, time), disk, membership.on(time));
    }

    private static RaftConfig raftConfig(ServerConfig config) {
        ServerConfig.Raft raft = config.raft();
        return RaftConfig.defaults()
                .withTimes(millis(raft.heartbeat()), millis(raft.electionTimeout()), millis(raft.writeTimeout()))
                .withSnapshotEveryEntries(raft.snapshotEveryEntries())
                .withDataDirMaxBytes(config.data().bytesMax())
                .withFoundsItself(!config.lookup().clustered())
                .withFormatMax(config.formatMax());
    }

    private static DistroConfig distroConfig(ServerConfig config) {
        ServerConfig.Distro distro = config.distro();
        LeaseLimits leases = LeaseLimits.DEFAULTS;
        GuardLimits guard = GuardLimits.DEFAULTS;
        return DistroConfig.DEFAULTS
                .withColdStartHoldMillis(distro.coldStartHold().toMillis())
                .withSessions(id -> id.startsWith(Keys.INSTANCE_PREFIX))
                .withPeers(new PeerLimits(
                        distro.syncDelay().toMillis(),
                        distro.verifyInterval().toMillis(),
                        distro.loadWait().toMillis(),
                        distro.passOnTimeout().toMillis()))
                .withLeases(new LeaseLimits(
                        config.naming().leaseMax().toMillis(),
                        leases.justRemovedMillis(),
                        leases.tombstoneMinMillis(),
                        leases.standStillMillis()))
                .withGuard(new GuardLimits(
                        distro.expiryGuardShare(),
                        guard.minInstances(),
                        guard.windowMillis(),
                        distro.expiryGuardMax().toMillis()));
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }

    /** The one service that callers see: the key picks the engine (R1). */
    ConsistencyService<RegistryRecord> consistency() {
        return new ConsistencyRouter<>(distro, raft);
    }

    /** Checks are shared out as sessions are, among the same members. */
    CheckOwnership checkOwnership() {
        return new CheckOwnership() {
            @Override
            public boolean isMine(String name) {
                return distro.loaded()
                        && distro.responsibleFor(name).filter(self::equals).isPresent();
            }

            @Override
            public long epoch() {
                return 2 * distro.responsibilityEpoch() + (distro.loaded() ? 1 : 0);
            }

            @Override
            public boolean isCutOff() {
                List<Member> members = membership.view().members();
                long up = members.stream()
                        .filter(member -> member.state() == MemberState.UP)
                        .count();
                return up * 2 < members.size();
            }

            @Override
            public boolean isAlone() {
                boolean isKnown = !membership.clustered() || membership.listed().size() == 1;
                return isKnown && membership.view().members().size() == 1;
            }
        };
    }

    Vertx vertx() {
        return vertx;
    }

    Membership membership() {
        return membership;
    }

    RaftEngine<RegistryRecord> raft() {
        return raft;
    }

    DistroEngine<RegistryRecord> distro() {
        return distro;
    }

    /** Tells the members from now on whether this node counts as loaded; from the thread of member health, which runs on if that of the engine does not. */
    void announceLoaded() {
        distro.watch(membership.time(), membership::announceLoaded);
    }

    /** Hands over what this node is responsible for, and tells the members that it goes; requests are served on meanwhile. */
    void leave(Patience patience) {
        patience.await("handing leases over", distro.leave());
        membership.leave(patience);
    }

    /** Carries out what was accepted, then ends the I/O threads. Both engines may have failed before. */
    void stop(Patience patience) {
        patience.await("the Distro engine", distro.stop());
        patience.await("the Raft engine", raft.stop());
        distroDisk.close();
        raftDisk.close();
    }
}
