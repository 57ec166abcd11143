package io.muster.server;

import io.muster.consistency.Mode;
import io.muster.consistency.Readiness;
import io.muster.raft.RaftStatus;
import io.muster.server.http.HealthCheck;
import io.muster.server.http.HealthRoutes;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a server says of its own health (X15): whether the process is well, whether clients may be sent here, whether persistent writes are taken. Any
 * thread may ask at any time, before the engines are there too.
 */
final class ServerHealth {

    /** The life of a server; goes forward only. */
    enum Phase {
        STARTING,
        /** All of it runs and the ephemeral side is loaded; the persistent one may be behind. */
        LOADED,
        SERVING,
        STOPPING
    }

    private static final Readiness STARTING = Readiness.waitingFor("starting");
    private static final Readiness NOT_THERE = Readiness.waitingFor("not started yet");

    private volatile Phase phase = Phase.STARTING;
    private volatile Supplier<Readiness> distro = () -> NOT_THERE;
    private volatile Supplier<Readiness> distroWrites = () -> NOT_THERE;
    private volatile Supplier<Readiness> raft = () -> NOT_THERE;
    private volatile Supplier<Readiness> raftCatchUp = () -> NOT_THERE;
    private volatile Supplier<Readiness> members = () -> new Readiness(true, "not known yet");
    private volatile Supplier<Readiness> listing = () -> NOT_THERE;
    private volatile Optional<String> failure = Optional.empty();

    /** Whether requests were served when the stop began, and writes taken. */
    private volatile Readiness servedAtLast = STARTING;

    private volatile Readiness writtenAtLast = STARTING;

    private final HealthRoutes routes;

    /**
     * @param wallMillis the machine's clock, for 'since when'
     */
    ServerHealth(LongSupplier wallMillis) {
        HealthCheck process = new HealthCheck("process", this::process, wallMillis);
        HealthCheck server = new HealthCheck("server", this::server, wallMillis);
        HealthCheck loaded = new HealthCheck("distro", () -> distro.get(), wallMillis);
        HealthCheck caughtUp = new HealthCheck("raft", () -> raftCatchUp.get(), wallMillis);
        HealthCheck leads = new HealthCheck("raft", () -> raft.get(), wallMillis);
        HealthCheck listed = new HealthCheck("listed", () -> listing.get(), wallMillis);
        HealthCheck others = new HealthCheck("members", () -> members.get(), wallMillis);
        routes = new HealthRoutes(
                List.of(process), List.of(process, server, listed, loaded, caughtUp, others), List.of(leads));
    }

    /** The engines are built; they may still be loading. */
    void watch(Engines engines, LongSupplier monoNanos) {
        distro = () -> engines.distro().readable();
        distroWrites = () -> engines.distro().readiness(Mode.EPHEMERAL);
        Supplier<Readiness> engine = () -> engines.raft().readiness(Mode.PERSISTENT);
        raft = new RaftServes(engine, engines.raft()::status);
        raftCatchUp = new RaftCatchUp(
                engine,
                () -> notFounded(engines.raft().status()),
                () -> engines.raft().status().state() == RaftStatus.State.FAILED,
                () -> gainedFromLeader(engines.raft().status()),
                monoNanos);
        listing = engines.membership()::listing;
        members = new MembersCheck(engines.membership()::view);
    }

    private static boolean notFounded(RaftStatus status) {
        return status.state() == RaftStatus.State.UP && status.clusterId().isEmpty();
    }

    private static Optional<RaftCatchUp.Gain> gainedFromLeader(RaftStatus status) {
        return status.state() == RaftStatus.State.UP && status.leader().isPresent()
                ? Optional.of(new RaftCatchUp.Gain(status.appliedIndex(), status.bytesOnDisk()))
                : Optional.empty();
    }

    /** A server that is told to stop before it serves, or fails as it starts, has lists that lack everything. */
    void enter(Phase next) {
        if (next == Phase.STOPPING && phase != Phase.STOPPING) {
            servedAtLast = serving();
            writtenAtLast = takingWrites();
        }
        phase = next;
    }

    Phase phase() {
        return phase;
    }

    /** An engine has stopped itself; nothing makes that good but a restart. */
    void failed(String reason) {
        failure = Optional.of(reason);
    }

    HealthRoutes routes() {
        return routes;
    }

    /** Notes changes of the checks, so that 'since when' is right although nobody asked. */
    void refresh() {
        routes.readiness().forEach(HealthCheck::state);
        routes.raft().forEach(HealthCheck::state);
    }

    /**
     * Whether naming requests are served: the engines hold what they must. Asked for every request. Ephemeral data may have to be loaded anew later: after a long
     * pause, or when no member lists this node any more; after a long cut they are shown meanwhile, and only writes wait (R50). A server that stops answers what has come, if it has served before.
     */
    Readiness serving() {
        Readiness loaded = distro.get();
        return switch (phase) {
            case STARTING, LOADED -> loaded.ready() ? raftCatchUp.get() : loaded;
            case SERVING -> loaded;
            case STOPPING -> servedAtLast;
        };
    }

    /** The same of writes of clients: what is registered or beats does not wait for Raft (X10); a persistent write finds out by itself. */
    Readiness takingWrites() {
        return switch (phase) {
            case STARTING -> serving().ready() ? STARTING : serving();
            case LOADED, SERVING -> distroWrites.get();
            case STOPPING -> writtenAtLast;
        };
    }

    /** Whether clients may be sent here. */
    boolean ready() {
        return routes.readiness().stream().allMatch(check -> check.state().well());
    }

    private Readiness process() {
        return failure.map(Readiness::waitingFor).orElseGet(() -> new Readiness(true, "well"));
    }

    private Readiness server() {
        return switch (phase) {
            case STARTING, LOADED -> STARTING;
            case SERVING -> new Readiness(true, "serving");
            case STOPPING -> Readiness.waitingFor("stopping");
        };
    }
}
