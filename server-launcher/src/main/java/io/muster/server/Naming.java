package io.muster.server;

import io.muster.naming.api.Guard;
import io.muster.naming.api.Listening;
import io.muster.naming.api.Route;
import io.muster.naming.api.v1.AccessTokens;
import io.muster.naming.api.v1.V1Api;
import io.muster.naming.api.v1.V1Environment;
import io.muster.naming.check.CheckConfig;
import io.muster.naming.check.HealthChecks;
import io.muster.naming.list.InstanceLists;
import io.muster.naming.metrics.CheckMeters;
import io.muster.naming.metrics.NamingMeters;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.push.PushScheduler;
import io.muster.naming.push.PushSettings;
import io.muster.naming.push.SubscriberSettings;
import io.muster.naming.push.Subscribers;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.RegistryPorts;
import io.muster.naming.registry.RegistrySettings;
import io.muster.naming.registry.WarmUp;
import io.muster.server.config.ProductVersion;
import io.muster.server.config.ServerConfig;
import io.muster.server.http.MemberFacts;
import io.muster.server.http.MemberGuard;
import io.muster.server.http.MemberHttp;
import io.muster.server.http.MemberProof;
import io.muster.server.http.MemberQueries;
import io.muster.server.metrics.ServerMetrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** The naming service over both engines: registry, lists, push and the client API. */
final class Naming {

    /** For probes to be answered, and members' states to be passed on. */
    private static final long CUT_KNOWN_LATER_MILLIS = 500;

    /** Whoever probes members ever so seldom finds silent deaths all the same. */
    private static final long CUT_KNOWN_MILLIS_MAX = 30_000;

    /** Encoded lists that are kept for polling clients. */
    private static final long LIST_CACHE_BYTES_MAX = 64L << 20;

    private static final long HOUSEKEEPING_MILLIS = 5_000;

    /** As long as Nacos has it. */
    private static final long TOKEN_TTL_SECONDS = 18_000;

    private final Vertx vertx;
    private final Engines engines;
    private final Registry registry;
    private final InstanceLists lists;
    private final Subscribers subscribers;
    private final PushScheduler push;
    private final HealthChecks checks;
    private long housekeepingTimer;

    /**
     * Builds it; nothing listens yet.
     *
     * @param vertx of the client event loops
     */
    Naming(ServerConfig config, Vertx vertx, Engines engines) {
        this.vertx = vertx;
        this.engines = engines;
        RegistrySettings standard = RegistrySettings.STANDARD;
        HeartbeatSettings.Defaults heartbeat = new HeartbeatSettings.Defaults(
                standard.heartbeat().intervalMillis(),
                config.naming().unhealthyAfter().toMillis(),
                config.naming().removeAfter().toMillis(),
                config.naming().leaseMax().toMillis());
        WarmUp warmUp = engines.distro()::warmingUp;
        registry = new Registry(
                engines.consistency(),
                new RegistrySettings(
                        heartbeat,
                        standard.emptyServiceRetentionMillis(),
                        config.naming().cleaning().emptyServices(),
                        config.naming().cleaning().overlayMaxAge().toMillis(),
                        standard.viewCacheInstancesMax()),
                new RegistryPorts(
                        (delayMillis, task) -> vertx.setTimer(delayMillis, id -> task.run()),
                        System::currentTimeMillis,
                        System::nanoTime,
                        engines.checkOwnership()::isMine,
                        engines.raft()::whileLeading,
                        warmUp,
                        engines.raft().format()));
        lists = new InstanceLists(registry.index(), registry.switches(), warmUp, LIST_CACHE_BYTES_MAX);
        subscribers = new Subscribers(SubscriberSettings.STANDARD, System::nanoTime);
        push = new PushScheduler(
                vertx,
                EventLoops.next(vertx),
                registry.index(),
                registry.switches(),
                subscribers,
                warmUp,
                new PushSettings(
                        config.listen().host(), config.naming().pushDelay().toMillis()),
                System::currentTimeMillis,
                System::nanoTime);
        checks = checks(config, vertx, engines, registry);
    }

    private static HealthChecks checks(ServerConfig config, Vertx vertx, Engines engines, Registry registry) {
        long leaseMillis =
                Math.min(CheckConfig.LEASE_MILLIS, config.naming().leaseMax().toMillis());
        return new HealthChecks(
                vertx,
                EventLoops.next(vertx),
                EventLoops.next(vertx),
                registry,
                engines.consistency(),
                engines.checkOwnership(),
                new CheckConfig(
                        config.naming().checks().perSecondMax(),
                        config.naming().checks().timeout().toMillis(),
                        config.naming().checks().deleteAfter().toMillis(),
                        leaseMillis,
                        cutKnownAfterMillis(config.probing())),
                System::currentTimeMillis,
                System::nanoTime,
                new Random());
    }

    /** A member that does not answer is SUSPICIOUS after so many probes, the first of which may have just been answered. */
    private static long cutKnownAfterMillis(ServerConfig.Probing probing) {
        long millis = (probing.suspiciousAfter() + 1L) * probing.interval().toMillis() + CUT_KNOWN_LATER_MILLIS;
        return Math.min(millis, CUT_KNOWN_MILLIS_MAX);
    }

    Registry registry() {
        return registry;
    }

    void bind(ServerMetrics metrics) {
        NamingMeters.bind(metrics.registry(), registry.index(), lists, subscribers, push.stats());
        CheckMeters.bind(metrics.registry(), checks);
    }

    /** Listens to the engines, so that what they restore arrives here (R33), and opens the socket of push. */
    Future<Void> start() {
        checks.listen();
        registry.start();
        checks.start();
        housekeepingTimer =
                vertx.setPeriodic(HOUSEKEEPING_MILLIS, id -> registry.index().releaseEmpty());
        return push.start();
    }

    /**
     * The client API over it.
     *
     * @param leader the member that orders persistent writes
     * @param proof takes members' proofs; empty without a cluster secret
     * @param more the process's own routes
     */
    V1Api api(
            ServerConfig config,
            ServerHealth health,
            Supplier<Optional<String>> leader,
            byte[] tokenKey,
            ProductVersion version,
            Optional<MemberProof> proof,
            List<Route> more) {
        V1Environment environment = new V1Environment(
                health::serving,
                health::takingWrites,
                engines.distro()::warmingUp,
                leader,
                new MemberFacts(
                        engines.membership()::view,
                        engines.distro(),
                        () -> !engines.membership().clustered()),
                // Reading is open to everybody below, so there is nothing to prove, and no proof is made.
                new MemberQueries(engines.membership()::view, new MemberHttp(vertx, Optional.empty()), vertx),
                service -> checks.answerTimes(service).toCompletionStage(),
                new AccessTokens(tokenKey, TOKEN_TTL_SECONDS, Clock.systemUTC()),
                new MemberGuard(config.clusterSecret(), proof, Guard.AUTHENTICATION_OFF),
                version.text(),
                config.naming().pushToClientIp(),
                Listening.BODY_BYTES_MAX);
        return new V1Api(registry, lists, subscribers, push.stats(), environment, more);
    }

    void stop(Patience patience) {
        vertx.cancelTimer(housekeepingTimer);
        patience.await("health checks", checks.close().toCompletionStage());
        patience.await("push", push.close().toCompletionStage());
        registry.close();
    }
}
