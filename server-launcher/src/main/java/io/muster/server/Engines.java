package io.muster.server;

import io.muster.consistency.ConsistencyService;
import io.muster.consistency.router.ConsistencyRouter;
import io.muster.distro.DistroConfig;
import io.muster.distro.DistroEngine;
import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.LeaseLimits;
import io.muster.member.DataDirectory;
import io.muster.member.MemberAddress;
import io.muster.member.lookup.MemberLookup;
import io.muster.member.lookup.StandaloneLookup;
import io.muster.member.port.FileDisk;
import io.muster.member.port.MemberRoster;
import io.muster.member.port.NoPeers;
import io.muster.member.port.Ports;
import io.muster.member.port.Rng;
import io.muster.member.port.SecureRng;
import io.muster.member.port.VertxTime;
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
import java.util.function.Consumer;

/**
 * Both engines, each on an event loop and an I/O thread of its own, over the production forms of their ports; and the members that both see (R2).
 */
final class Engines {

    /** One for each engine. */
    private static final int LOOPS = 2;

    private final Vertx vertx;
    private final MemberLookup lookup;
    private final MemberRoster roster;
    private final FileDisk raftDisk;
    private final FileDisk distroDisk;
    private final RaftEngine<RegistryRecord> raft;
    private final DistroEngine<RegistryRecord> distro;

    /** Loops for {@link #Engines}. */
    static Vertx eventLoops() {
        return EventLoops.create(LOOPS);
    }

    /**
     * Builds both; neither has started.
     *
     * @param self where clients reach this node
     * @param vertx of {@link #eventLoops}; the caller closes it after {@link #stop}
     * @param onFailure is told if an engine stops itself while running
     * @throws IOException if the data directory can't be written
     */
    Engines(
            ServerConfig config,
            DataDirectory directory,
            MemberAddress self,
            Vertx vertx,
            ServerMetrics metrics,
            Consumer<EngineFailure> onFailure)
            throws IOException {
        RaftConfig raftConfig = raftConfig(config);
        DistroConfig distroConfig = distroConfig(config);
        this.vertx = vertx;
        Rng rng = new SecureRng();
        RegistryRecordCodec codec = new RegistryRecordCodec();
        VertxTime raftTime = new VertxTime(EventLoops.next(vertx));
        VertxTime distroTime = new VertxTime(EventLoops.next(vertx));
        lookup = new StandaloneLookup(self);
        roster = new MemberRoster(directory.identity().nodeId(), self, raftTime);
        lookup.start(roster::adopt);
        raftDisk = FileDisk.open(directory.path(), raftTime, "muster-raft-disk");
        distroDisk = FileDisk.open(directory.path(), distroTime, "muster-distro-disk");
        raft = new RaftEngine<>(
                raftConfig,
                codec,
                directory.identity(),
                new Ports(raftTime, rng, new NoPeers(), raftDisk, roster.on(raftTime)),
                metrics.raft(),
                onFailure);
        distro = new DistroEngine<>(
                distroConfig,
                codec,
                directory.identity(),
                new Ports(distroTime, rng, new NoPeers(), distroDisk, roster.on(distroTime)),
                metrics.distro(),
                broken -> onFailure.accept(new EngineFailure(
                        EngineFailure.Kind.INVARIANT_BROKEN, "the engine for ephemeral data stopped: " + broken)));
    }

    private static RaftConfig raftConfig(ServerConfig config) {
        ServerConfig.Raft raft = config.raft();
        return RaftConfig.defaults()
                .withTimes(millis(raft.heartbeat()), millis(raft.electionTimeout()), millis(raft.writeTimeout()))
                .withSnapshotEveryEntries(raft.snapshotEveryEntries())
                .withDataDirMaxBytes(config.data().bytesMax());
    }

    private static DistroConfig distroConfig(ServerConfig config) {
        ServerConfig.Distro distro = config.distro();
        LeaseLimits leases = LeaseLimits.DEFAULTS;
        GuardLimits guard = GuardLimits.DEFAULTS;
        return DistroConfig.DEFAULTS
                .withColdStartHoldMillis(distro.coldStartHold().toMillis())
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

    Vertx vertx() {
        return vertx;
    }

    MemberRoster roster() {
        return roster;
    }

    RaftEngine<RegistryRecord> raft() {
        return raft;
    }

    DistroEngine<RegistryRecord> distro() {
        return distro;
    }

    /** Carries out what was accepted, then ends the I/O threads. Both engines may have failed before. */
    void stop(Patience patience) {
        lookup.stop();
        patience.await("the Distro engine", distro.stop());
        patience.await("the Raft engine", raft.stop());
        distroDisk.close();
        raftDisk.close();
    }
}
