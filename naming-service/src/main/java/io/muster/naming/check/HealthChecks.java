package io.muster.naming.check;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyService;
import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.check.core.CheckCore;
import io.muster.naming.check.core.CheckCounts;
import io.muster.naming.check.core.CheckEffect;
import io.muster.naming.check.core.CheckRules;
import io.muster.naming.check.core.CheckSettings;
import io.muster.naming.check.core.Obstacle;
import io.muster.naming.check.core.Verdict;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.registry.Registry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.resolver.NameResolver;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health checks of this member: {@link CheckRounds} on an event loop, and the sockets by which checks are made. One for a process.
 *
 * <p>{@link #listen} before the registry starts, so that no service is missed; {@link #start} after it; {@link #close} before the engines
 * end. All the work is done on one context; figures may be read by any thread.
 */
public final class HealthChecks {

    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

    /** How soon new targets are seen while there are none. */
    private static final long IDLE_TICK_MILLIS = 250;

    /** The core ends a check; a socket that is still connecting gives up that much later, and holds a file until then. */
    private static final long CONNECT_LONGER_MILLIS = 200;

    private final Vertx vertx;
    private final Context context;
    private final LongSupplier nanos;
    private final NameResolver names;
    private final NetClient tcpSockets;
    private final NetClient mysqlSockets;
    private final HttpProbe http;
    private final Map<HealthChecker.Type, Probe> probes = new EnumMap<>(HealthChecker.Type.class);
    private final ControlCheck control;
    private final CheckRounds rounds;
    private final TimesQueue timesAsked = new TimesQueue();
    private final Map<HealthChecker.Type, LongAdder> started = new EnumMap<>(HealthChecker.Type.class);

    /** Of the context alone. */
    private final Map<Long, CheckRun> running = new HashMap<>();

    private volatile boolean closed;

    /**
     * @param context where the checks run
     * @param other on another event loop, for the listener by which the process checks itself
     * @param wallMillis for what people are shown
     * @param nanos monotonic
     * @param random for jitter
     */
    public HealthChecks(
            Vertx vertx,
            Context context,
            Context other,
            Registry registry,
            ConsistencyService<RegistryRecord> consistency,
            CheckOwnership ownership,
            CheckConfig config,
            LongSupplier wallMillis,
            LongSupplier nanos,
            RandomGenerator random) {
        this.vertx = vertx;
        this.context = context;
        this.nanos = nanos;
        // The one that sockets ask. Vert.x has no public way to ask it without connecting, and a name server's time is
        // not the target's.
        this.names = ((VertxInternal) vertx).nameResolver();
        // Timeouts are of the configuration alone: no switch changes them later.
        CheckSettings settings =
                CheckSwitches.of(SwitchSettings.DEFAULT, config).settings();
        this.tcpSockets = sockets(vertx, connectMillis(settings, HealthChecker.Type.TCP));
        this.mysqlSockets = sockets(vertx, connectMillis(settings, HealthChecker.Type.MYSQL));
        this.rounds = new CheckRounds(
                registry, consistency, ownership, config, new CheckRules(), wallMillis, nanos, random, new Sockets());
        this.http = new HttpProbe(vertx, connectMillis(settings, HealthChecker.Type.HTTP), () -> counts().targets());
        probes.put(HealthChecker.Type.TCP, new TcpProbe(tcpSockets));
        probes.put(HealthChecker.Type.HTTP, http);
        probes.put(HealthChecker.Type.MYSQL, new MysqlProbe(mysqlSockets));
        for (HealthChecker.Type type : probes.keySet()) {
            started.put(type, new LongAdder());
        }
        this.control = new ControlCheck(vertx, other, mysqlSockets, nanos);
    }

    private static int connectMillis(CheckSettings settings, HealthChecker.Type type) {
        return (int) Math.min(Integer.MAX_VALUE, settings.of(type).timeoutMillis() + CONNECT_LONGER_MILLIS);
    }

    private static NetClient sockets(Vertx vertx, int connectMillis) {
        return vertx.createNetClient(new NetClientOptions().setConnectTimeout(connectMillis));
    }

    /** Begins to hear of services and verdicts. */
    public void listen() {
        rounds.listen();
    }

    /** Begins to check. */
    public void start() {
        control.start();
        context.runOnContext(ready -> {
            rounds.begin();
            turn();
        });
    }

    /** Lets go of everything; checks under way are forgotten. */
    public Future<Void> close() {
        closed = true;
        rounds.close();
        Promise<Void> ended = Promise.promise();
        context.runOnContext(now -> {
            running.values().forEach(CheckRun::cancel);
            running.clear();
            http.close();
            control.close()
                    .compose(done -> tcpSockets.close())
                    .compose(done -> mysqlSockets.close())
                    .onComplete(ended);
        });
        return ended.future();
    }

    /** Timed from the end of the one before, so that sockets have their turn between two. */
    private void turn() {
        if (closed) {
            return;
        }
        boolean idle = false;
        try {
            idle = rounds.turn();
            checkOurselves();
            timesAsked.answer(rounds);
        } catch (RuntimeException e) {
            // Who never took a turn again would let its verdicts run out, and dead instances be shown as registered.
            LOG.error("A turn of the health checks broke off", e);
        } finally {
            vertx.setTimer(idle ? IDLE_TICK_MILLIS : CheckCore.TICK_MILLIS, timer -> turn());
        }
    }

    private void checkOurselves() {
        if (counts().inFlight() > 0) {
            long nowNanos = nanos.getAsLong();
            control.turn(nowNanos, () -> rounds.controlStarted(nowNanos), rounds::controlEnded);
        }
    }

    /** Checks by sockets. */
    private final class Sockets implements CheckRounds.Prober {

        @Override
        public void begin(CheckEffect.Start start) {
            Probe probe = probes.get(start.plan().type());
            LongAdder count = started.get(start.plan().type());
            if (probe == null || count == null) {
                throw new IllegalStateException("nothing probes " + start.plan());
            }
            count.increment();
            CheckRun run = new CheckRun(start.checkId());
            running.put(start.checkId(), run);
            try {
                if (start.plan().isNamed()) {
                    names.resolve(start.plan().host())
                            .onSuccess(address -> run.resolved(probe, start, address.getHostAddress()))
                            .onFailure(run::nameless);
                } else {
                    run.begin(probe, start, start.plan().address());
                }
            } catch (RuntimeException e) {
                run.notMade(Obstacle.TARGETS_OWN, String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void cancel(long checkId) {
            CheckRun run = running.remove(checkId);
            if (run != null) {
                run.cancel();
            }
        }
    }

    /** One check between its beginning and its end. */
    private final class CheckRun implements Probe.Ending {
        private final long checkId;
        private Probe.@Nullable Running probing;

        CheckRun(long checkId) {
            this.checkId = checkId;
        }

        /** On any thread of Vert.x. */
        private void resolved(Probe probe, CheckEffect.Start start, String address) {
            context.runOnContext(now -> {
                if (running.get(checkId) == this) {
                    rounds.begun(checkId);
                    begin(probe, start, address);
                }
            });
        }

        /** On any thread of Vert.x. */
        private void nameless(Throwable failure) {
            context.runOnContext(now -> notMade(Obstacle.TARGETS_OWN, String.valueOf(failure.getMessage())));
        }

        private void begin(Probe probe, CheckEffect.Start start, String address) {
            try {
                probing = probe.begin(start.plan(), address, start.timeoutMillis(), this);
            } catch (RuntimeException e) {
                // A host or path that the client library does not take; as stored by whom it was.
                notMade(Obstacle.TARGETS_OWN, String.valueOf(e.getMessage()));
            }
        }

        private void cancel() {
            if (probing != null) {
                probing.cancel();
            }
        }

        @Override
        public void seen(Verdict verdict) {
            if (running.remove(checkId) != null) {
                rounds.ended(checkId, verdict);
            }
        }

        @Override
        public void notMade(Obstacle obstacle, String reason) {
            if (running.remove(checkId) != null) {
                LOG.debug("A health check could not be made: {}", reason);
                rounds.endedLocally(checkId, obstacle);
            }
        }
    }

    public CheckCounts counts() {
        return rounds.counts();
    }

    /**
     * How long checks of a service take at this member, by cluster. Any thread; is there within a second.
     *
     * @return fails with {@link ConsistencyException} where too many ask, or the checks have no time to tell
     */
    public Future<SortedMap<String, AnswerTimes>> answerTimes(ServiceName service) {
        return counts().targets() == 0 ? Future.succeededFuture(new TreeMap<>()) : timesAsked.ask(service);
    }

    /** Checks begun so far, of one kind. */
    public long startedCount(HealthChecker.Type type) {
        LongAdder count = started.get(type);
        return count == null ? 0 : count.sum();
    }

    /** Verdicts that stand in the cluster: instances that are not as registered. */
    public int verdictCount() {
        return rounds.verdictCount();
    }

    /** Verdicts that could not be written. */
    public long refusedWriteCount() {
        return rounds.refusedWriteCount();
    }
}
