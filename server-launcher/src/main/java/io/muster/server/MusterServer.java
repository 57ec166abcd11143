package io.muster.server;

import io.muster.distro.DistroStart;
import io.muster.member.DataDirectory;
import io.muster.member.DataDirectoryException;
import io.muster.member.MemberAddress;
import io.muster.member.lookup.LookupMode;
import io.muster.member.lookup.LookupSwitch;
import io.muster.member.port.VertxTime;
import io.muster.naming.api.Route;
import io.muster.naming.api.v1.V1Api;
import io.muster.raft.DamagedDataException;
import io.muster.raft.DataGivenUpException;
import io.muster.raft.DataSetAsideException;
import io.muster.raft.EngineFailure;
import io.muster.raft.InvariantBroken;
import io.muster.raft.RaftRecovery;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.engine.RaftEngine;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.Configuration;
import io.muster.server.config.ProductVersion;
import io.muster.server.config.ServerConfig;
import io.muster.server.events.ClusterEvent;
import io.muster.server.events.ClusterEvents;
import io.muster.server.http.MemberProof;
import io.muster.server.http.MetricsRoutes;
import io.muster.server.http.OpenApiRoutes;
import io.muster.server.metrics.ServerMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One whole server: builds the modules' parts, starts them in the order of design §8, and stops them in the reverse one. Two can live in one JVM.
 *
 * <p>Life: {@link #start} once, then it serves until {@link #stop}, or until {@link #failure} says why it can't go on. Both calls block; they are
 * for a thread that may, one after the other.
 */
public final class MusterServer {

    private static final Logger LOG = LoggerFactory.getLogger(MusterServer.class);

    /** One for each core: client load is dealt out over them. */
    private static final int CLIENT_LOOPS = Math.max(2, Runtime.getRuntime().availableProcessors());

    /** For requests under way at a stop; leaves the larger part of the time to the engines. */
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(3);

    /** Less than the 10 s that are promised for the whole process. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(9);

    /** How often the server looks whether it is ready, while it starts. */
    private static final long READY_CHECK_MILLIS = 2;

    /** How often 'since when' of the health checks, the leader's name in answers and what members know of us are brought up to date. */
    private static final long REFRESH_MILLIS = 250;

    private static final int UNAVAILABLE = 503;

    private final ServerConfig config;
    private final Configuration configuration;
    private final ProductVersion version;
    private final ServerHealth health;
    private final LeaderName leader = new LeaderName();
    private final ClusterEvents events = new ClusterEvents(System::currentTimeMillis);
    private final CompletableFuture<ServerFailure> failure = new CompletableFuture<>();

    /** How to end what was started, last started first. */
    private final Deque<Ending> endings = new ArrayDeque<>();

    /** Empty before the members are known. */
    private volatile Optional<LookupControl> lookup = Optional.empty();

    /** Of the API; none before it is built. */
    private volatile List<Route> routes = List.of();

    /** Serves them, and what stands beside them; empty before that. */
    private volatile Optional<Router> beside = Optional.empty();

    /** Of the listener; 0 before it is known. */
    private volatile int port;

    /** In force as far as it was told; 0 before that. Of the timer that keeps things fresh. */
    private int format;

    /** Ends one part. */
    @FunctionalInterface
    private interface Ending {
        void end(Patience patience) throws IOException;
    }

    /**
     * @param config to start with
     * @param configuration where that came from, for reading it again while running
     */
    public MusterServer(ServerConfig config, Configuration configuration, ProductVersion version) {
        this.config = config;
        this.configuration = configuration;
        this.version = version;
        this.health = new ServerHealth(System::currentTimeMillis);
    }

    /**
     * Starts, and returns when clients can be served.
     *
     * @throws ServerFailure if that can't be; what was started is ended again
     */
    public synchronized void start() {
        try {
            startParts();
        } catch (ServerFailure e) {
            throw stopped(e);
        } catch (IOException e) {
            throw stopped(new ServerFailure(
                    ExitCode.DATA_DIRECTORY,
                    "data directory " + config.data().directory() + " can't be used: " + e,
                    e));
        } catch (RuntimeException e) {
            throw stopped(
                    new ServerFailure(ExitCode.SOFTWARE, "the server can't start, which is a fault of it: " + e, e));
        }
    }

    /** Ends what was started. The failure is noted first: it stands even if the process is told to end meanwhile. */
    private ServerFailure stopped(ServerFailure cause) {
        failure.complete(cause);
        stop();
        return cause;
    }

    private void startParts() throws IOException {
        DataDirectory directory = openDirectory();
        endings.push(patience -> directory.close());
        StartReport.directory(directory);
        byte[] tokenKey = TokenKey.in(directory.path());

        Vertx clients = EventLoops.create(CLIENT_LOOPS);
        endings.push(patience ->
                patience.await("event loops of clients", clients.close().toCompletionStage()));
        FrontDoor door = new FrontDoor(clients, config.listen());
        port = door.port();

        ServerMetrics metrics = new ServerMetrics();
        endings.push(patience -> metrics.close());
        await(door.open(CLIENT_LOOPS, lobby(clients, metrics), metrics.http()).toCompletionStage());
        Ending closing = patience ->
                patience.await("requests under way", door.close(DRAIN_PATIENCE).toCompletionStage());
        endings.push(closing);
        Vertx engineLoops = Engines.eventLoops();
        endings.push(patience ->
                patience.await("event loops of the engines", engineLoops.close().toCompletionStage()));
        Membership membership = new Membership(
                config,
                directory,
                port,
                engineLoops,
                new VertxTime(EventLoops.next(engineLoops)),
                metrics::members,
                events);
        endings.push(membership::stop);
        Engines engines =
                new Engines(config, directory, membership, engineLoops, metrics, this::raftFailed, this::distroFailed);
        endings.push(engines::stop);
        health.watch(engines, System::nanoTime);
        Naming naming = new Naming(config, clients, engines);
        endings.push(naming::stop);
        bindMetrics(metrics, engines, naming);

        Router router = Router.router(clients);
        LookupControl control = new LookupControl(
                configuration,
                config,
                membership,
                engines.raft()::status,
                directory.identity().nodeId());
        lookup = Optional.of(control);
        Optional<MemberProof> proof = config.clusterSecret()
                .map(secret -> MemberProof.of(secret, directory.identity().nodeId()));
        OperatorRoutes operator = new OperatorRoutes(
                engines,
                directory,
                config,
                version,
                () -> naming.registry().index().serviceCount(),
                control,
                events,
                naming.registry().events(),
                proof);
        V1Api api = naming.api(config, health, leader, tokenKey, version, proof, operator.routes());
        routes = api.routes();
        api.mount(router);
        health.routes().mount(router);
        new MetricsRoutes(clients, metrics).mount(router);
        new OpenApiRoutes(version.text(), routes).mount(router);
        beside = Optional.of(router);
        door.lead(router);
        // Before the engines end, which requests under way need; the one above is for a start that fails before there
        // are any.
        endings.push(closing);

        CompletionStage<Void> pushing = naming.start().toCompletionStage();
        CompletionStage<Optional<RaftRecovery>> restored = restored(engines);
        // Who knows no members would take itself for the only one, with nobody to load from (R33). Who stands alone
        // must be
        // allowed to: what a start that is refused leaves behind would hide a cold start from the next.
        CompletableFuture<Void> mayStart = new CompletableFuture<>();
        if (membership.clustered()) {
            mayStart.complete(null);
        }
        CompletionStage<DistroStart> loaded = membership
                .whenKnown()
                .thenCompose(known -> mayStart)
                .thenCompose(allowed -> engines.distro().start());
        await(restored).ifPresent(StartReport::restored);
        requireMayStandAlone(engines);
        mayStart.complete(null);
        engines.announceLoaded();
        announceCluster(engines);
        await(membership.start());
        StartReport.loaded(await(loaded), engines.distro().status().records());
        await(pushing);
        endings.push(engines::leave);
        health.enter(ServerHealth.Phase.LOADED);
        await(readiness(engines));
        health.enter(ServerHealth.Phase.SERVING);
        keepFresh(engines, metrics);
        clients.executeBlocking(() -> {
            metrics.bindJvm();
            return true;
        });
    }

    /** A list that got lost makes nobody stand alone whose group has others: clients would find lists without whatever those know (X13, design §6). */
    private void requireMayStandAlone(Engines engines) {
        Membership membership = engines.membership();
        if (membership.clustered()) {
            return;
        }
        GroupOfOthers.keeping(engines.raft().status()).ifPresent(group -> {
            String last = membership
                    .lastAmongOthers()
                    .map(members -> " The list in force last was " + members + ".")
                    .orElse("");
            throw new ServerFailure(
                    ExitCode.CONFIGURATION,
                    inDirectory("this node would stand alone, since "
                            + config.lookup().reason()
                            + ", and it belongs to " + group.text()
                            + ": it would serve lists that lack what the others know."
                            + last
                            + " Give it its list of members again (member.lookup.file.path, member.list or an address server)."
                            + " If the others are lost for good, start it with a list and see 'muster raft reset-membership --help';"
                            + " to begin anew without its data, empty the directory"));
        });
    }

    /** Empty where a bug keeps Raft from starting, with the data as it is: {@link #raftFailed} has said so, and the ephemeral side starts without it (X10). */
    private static CompletionStage<Optional<RaftRecovery>> restored(Engines engines) {
        return engines.raft()
                .start()
                .thenApply(Optional::of)
                .exceptionallyCompose(error -> causeOf(error) instanceof InvariantBroken
                        ? CompletableFuture.completedStage(Optional.empty())
                        : CompletableFuture.failedStage(error));
    }

    /** What is answered while the parts are built, which may take a while where the members must be asked for first. */
    private Router lobby(Vertx clients, ServerMetrics metrics) {
        Router router = Router.router(clients);
        health.routes().mount(router);
        new MetricsRoutes(clients, metrics).mount(router);
        router.route()
                .handler(context -> context.response()
                        .setStatusCode(UNAVAILABLE)
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain;charset=UTF-8")
                        .end("server is STARTING now, please try again later!"));
        return router;
    }

    private static void announceCluster(Engines engines) {
        engines.raft().status().clusterId().ifPresent(engines.membership()::announceCluster);
    }

    private DataDirectory openDirectory() {
        try {
            return DataDirectory.open(config.data().directory(), new SecureRandom(), RaftEngine.MEMORY);
        } catch (DataDirectoryException.Damaged e) {
            throw new ServerFailure(ExitCode.DATA_DAMAGED, String.valueOf(e.getMessage()), e);
        } catch (DataDirectoryException e) {
            throw new ServerFailure(ExitCode.DATA_DIRECTORY, String.valueOf(e.getMessage()), e);
        }
    }

    private void bindMetrics(ServerMetrics metrics, Engines engines, Naming naming) {
        metrics.bindServer(version.text(), health::ready);
        LookupSwitch lookups = engines.membership().lookup();
        metrics.bindLookup(lookups::health, lookups::holdsBack, lookups::listsTaken, lookups::switches);
        metrics.raft().bind(engines.raft()::status, engines.raft()::queueBytes);
        metrics.distro().bind(engines.distro()::status);
        naming.bind(metrics);
    }

    /**
     * What is on the disk is in doubt: the process ends. A bug is no reason to take the ephemeral side down as well (X10): the engine has stopped, and says so to
     * whoever asks for persistent data.
     */
    void raftFailed(EngineFailure cause) {
        if (cause.kind() == EngineFailure.Kind.INVARIANT_BROKEN) {
            LOG.error(
                    "The persistent side has stopped, until this server is started again; the ephemeral side goes on: {}",
                    inDirectory(cause.message()));
            events.tell(ClusterEvent.Kind.ENGINE_STOPPED, "", "the persistent side: " + cause.message());
            return;
        }
        health.failed(cause.message());
        ExitCode code = switch (cause.kind()) {
            case STORAGE_FAILED -> ExitCode.STORAGE_FAILED;
            case DAMAGED -> ExitCode.DATA_DAMAGED;
            case SET_ASIDE -> ExitCode.DATA_SET_ASIDE;
            case GIVEN_UP -> ExitCode.DATA_GIVEN_UP;
            case INVARIANT_BROKEN -> ExitCode.SOFTWARE;
        };
        failure.complete(new ServerFailure(code, inDirectory(cause.message())));
    }

    private void distroFailed(String message) {
        health.failed(message);
        failure.complete(new ServerFailure(ExitCode.SOFTWARE, message));
    }

    /** The engines name files relative to the data directory. */
    private String inDirectory(@Nullable String message) {
        return "data directory " + config.data().directory() + ": " + message;
    }

    /** Waits for a part of the start, or for a failure elsewhere: the part may wait for others without end. */
    private <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> either = stage.toCompletableFuture().copy();
        failure.thenAccept(either::completeExceptionally);
        try {
            return either.join();
        } catch (CompletionException e) {
            throw startFailure(causeOf(e));
        }
    }

    private static Throwable causeOf(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    private ServerFailure startFailure(Throwable cause) {
        if (cause instanceof ServerFailure told) {
            return told;
        }
        if (cause instanceof DamagedDataException) {
            return new ServerFailure(ExitCode.DATA_DAMAGED, inDirectory(cause.getMessage()), cause);
        }
        if (cause instanceof DataSetAsideException) {
            return new ServerFailure(ExitCode.DATA_SET_ASIDE, inDirectory(cause.getMessage()), cause);
        }
        if (cause instanceof DataGivenUpException) {
            return new ServerFailure(ExitCode.DATA_GIVEN_UP, inDirectory(cause.getMessage()), cause);
        }
        if (cause instanceof UnknownFormatException) {
            // Another start would find the same: it takes another build, or cluster.format-max out.
            return new ServerFailure(ExitCode.CONFIGURATION, inDirectory(cause.getMessage()), cause);
        }
        return failure.getNow(
                new ServerFailure(ExitCode.STORAGE_FAILED, inDirectory("the server can't start: " + cause), cause));
    }

    /** When both engines are ready; Raft is at the latest when its patience without a leader is over. */
    private CompletionStage<Void> readiness(Engines engines) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        failure.thenAccept(ready::completeExceptionally);
        checkReadiness(engines, ready);
        return ready;
    }

    private void checkReadiness(Engines engines, CompletableFuture<Void> ready) {
        if (health.serving().ready()) {
            ready.complete(null);
        }
        if (!ready.isDone()) {
            engines.vertx().setTimer(READY_CHECK_MILLIS, id -> checkReadiness(engines, ready));
        }
    }

    private void keepFresh(Engines engines, ServerMetrics metrics) {
        long timer = engines.vertx().setPeriodic(0, REFRESH_MILLIS, id -> {
            refreshLeader(engines);
            refreshFormat(engines);
            announceCluster(engines);
            engines.membership().refresh();
            metrics.peers()
                    .refresh(engines.raft().status(), engines.distro().status().peers());
            health.refresh();
        });
        endings.push(patience -> engines.vertx().cancelTimer(timer));
    }

    private void refreshLeader(Engines engines) {
        Optional<String> before = leader.get();
        leader.refresh(engines.raft().status().leader(), engines.membership().view());
        Optional<String> now = leader.get();
        if (!now.equals(before)) {
            events.tell(
                    ClusterEvent.Kind.LEADER_CHANGED,
                    now.orElse(""),
                    now.map(name -> name + " leads").orElse("no leader is known")
                            + before.map(name -> ", after " + name).orElse(""));
        }
    }

    /** What was in force when this server started is no news. */
    private void refreshFormat(Engines engines) {
        int before = format;
        // What a group began with, or had when this node came to it, was not raised.
        int now = engines.raft().status().clusterId().isPresent()
                ? engines.raft().format().number()
                : 0;
        format = now;
        if (before > 0 && now > before) {
            LOG.info("Format {} is in force: all members read it", now);
            events.tell(
                    ClusterEvent.Kind.FORMAT_RAISED,
                    String.valueOf(now),
                    "format " + now + " is in force, after " + before
                            + ": all members read it, and builds that do not can't come back");
        }
    }

    /**
     * Reads the configuration again, and switches the lookup if another one is called for (R63). Reads files: not for an event loop.
     *
     * @return what to tell the operator
     */
    CompletionStage<String> reload() {
        return CompletableFuture.completedStage(lookup)
                .thenCompose(control -> control.orElseThrow(() -> new IllegalStateException("the server is starting"))
                        .reload())
                .thenApply(outcome -> outcome.changed()
                        ? "the lookup is " + outcome.mode() + " now: " + outcome.lasts()
                        : "the lookup stays " + outcome.mode());
    }

    /** The lookup mode in force, if an operator has switched to another one than this server started with. */
    Optional<LookupMode> switchedLookup() {
        return lookup.map(control -> control.membership().choice().mode())
                .filter(mode -> mode != config.lookup().mode());
    }

    /** What this server tells of its health, for tests. */
    ServerHealth health() {
        return health;
    }

    /** All routes of the API, for tests over each of them. */
    List<Route> routes() {
        return routes;
    }

    /** The paths that are served beside those routes, for the same. */
    Set<String> otherPaths() {
        return beside.stream()
                .flatMap(router -> router.getRoutes().stream())
                .map(io.vertx.ext.web.Route::getPath)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether clients may be sent here. */
    public boolean isReady() {
        return health.phase() == ServerHealth.Phase.SERVING;
    }

    /** Of the listener for clients; 0 before the start. */
    public int port() {
        return port;
    }

    /** {@code http://HOST:PORT} of the listener for clients. */
    public String url() {
        return "http://" + listener().name();
    }

    private MemberAddress listener() {
        return new MemberAddress(config.listen().host(), port, 0);
    }

    /** Why the server could not start or can't go on; empty while nothing is wrong. Any thread. */
    Optional<ServerFailure> failed() {
        return Optional.ofNullable(failure.getNow(null));
    }

    /** Completes if the server can't go on; it is then to be stopped, and the process to end. */
    public CompletionStage<ServerFailure> failure() {
        return failure.minimalCompletionStage();
    }

    /** Stops in order: not ready, members told, requests under way answered, engines flushed, directory given back. Idempotent; takes less than 10 s. */
    public synchronized void stop() {
        health.enter(ServerHealth.Phase.STOPPING);
        Patience patience = new Patience(STOP_PATIENCE);
        while (!endings.isEmpty()) {
            Ending ending = endings.pop();
            try {
                ending.end(patience);
            } catch (IOException e) {
                patience.tell(e);
            }
        }
    }
}
