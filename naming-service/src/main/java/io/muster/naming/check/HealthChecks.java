package io.muster.naming.check;

import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Subscription;
import io.muster.naming.check.core.CheckCore;
import io.muster.naming.check.core.CheckCounts;
import io.muster.naming.check.core.CheckEffect;
import io.muster.naming.check.core.Obstacle;
import io.muster.naming.check.core.Sight;
import io.muster.naming.check.core.Verdict;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.ServiceIndex;
import io.muster.naming.registry.ServiceListener;
import io.muster.naming.registry.ServiceView;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.resolver.NameResolver;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health checks of this member: tells the core what is to be checked, carries out what it decides, and writes the verdicts. One for a process.
 *
 * <p>{@link #listen} before the registry starts, so that no service is missed; {@link #start} after it; {@link #close} before the engines
 * end. All the work is done on one context; figures may be read by any thread.
 */
public final class HealthChecks {

    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

    /** How soon new targets are seen while there are none. */
    private static final long IDLE_TICK_MILLIS = 250;

    /** A service that changes all the time is looked at no more often. */
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Nor for more than a twentieth of the time: one service may have 100,000 instances. */
    private static final int LOOK_TIMES = 20;

    /** Everything is looked at again after this: what was beyond a bound may fit now. */
    private static final long LOOK_AT_ALL_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Instances looked at in one turn; a larger service is one turn. */
    private static final int LOOKS_A_TURN = 2_000;

    /** Verdicts renewed in one turn. */
    private static final int RENEWALS_A_TURN = 500;

    /** Verdicts are renewed so many times a lease: four may be missed. */
    private static final int RENEWALS_A_LEASE = 5;

    /** The core ends a check; a socket that is still connecting gives up that much later, and holds a file until then. */
    private static final long CONNECT_LONGER_MILLIS = 200;

    private final Vertx vertx;
    private final Context context;
    private final Registry registry;
    private final CheckOwnership ownership;
    private final CheckConfig config;
    private final LongSupplier nanos;
    private final NameResolver names;
    private final Sights sights;
    private final Verdicts verdicts;
    private final NetClient tcpSockets;
    private final NetClient mysqlSockets;
    private final HttpProbe http;
    private final Map<HealthChecker.Type, Probe> probes = new EnumMap<>(HealthChecker.Type.class);
    private final ControlCheck control;
    private final CheckCore core;
    private final Map<HealthChecker.Type, LongAdder> started = new EnumMap<>(HealthChecker.Type.class);
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final ServiceListener listener = this::changed;

    /** Services with persistent instances, and with those that were there when last looked at. */
    private final Set<ServiceName> known = ConcurrentHashMap.newKeySet();

    /** Of the known ones, those that changed since they were looked at. */
    private final Set<ServiceName> dirty = ConcurrentHashMap.newKeySet();

    // Of the context alone.
    private final ArrayDeque<ServiceName> toLookAt = new ArrayDeque<>();
    private final Map<Long, CheckRun> running = new HashMap<>();
    private SwitchSettings heeded = SwitchSettings.DEFAULT;
    private CheckSwitches switches;
    private long epoch;
    private long lookedNanos;
    private long lookTookNanos;
    private long lookedAtAllNanos;
    private long renewedNanos;
    private boolean carryingOut;
    private boolean cutOff;

    private volatile CheckCounts counts = CheckCounts.NONE;
    private volatile boolean closed;

    /**
     * @param context where the checks run
     * @param other on another event loop, for the listener by which the process checks itself
     * @param wallMillis for what people are shown
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
            RandomGenerator random) {
        this(vertx, context, other, registry, consistency, ownership, config, wallMillis, System::nanoTime, random);
    }

    /**
     * @param nanos monotonic
     */
    HealthChecks(
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
        this.registry = registry;
        this.ownership = ownership;
        this.config = config;
        this.nanos = nanos;
        // The one that sockets ask. Vert.x has no public way to ask it without connecting, and a name server's time is
        // not the target's.
        this.names = ((VertxInternal) vertx).nameResolver();
        this.sights = new Sights(ownership, config);
        this.verdicts = new Verdicts(consistency, registry.index(), ownership, config, wallMillis);
        this.switches = CheckSwitches.of(heeded, config);
        this.tcpSockets = sockets(vertx, connectMillis(switches, HealthChecker.Type.TCP));
        this.mysqlSockets = sockets(vertx, connectMillis(switches, HealthChecker.Type.MYSQL));
        this.http = new HttpProbe(vertx, connectMillis(switches, HealthChecker.Type.HTTP), () -> counts.targets());
        probes.put(HealthChecker.Type.TCP, new TcpProbe(tcpSockets));
        probes.put(HealthChecker.Type.HTTP, http);
        probes.put(HealthChecker.Type.MYSQL, new MysqlProbe(mysqlSockets));
        for (HealthChecker.Type type : probes.keySet()) {
            started.put(type, new LongAdder());
        }
        this.control = new ControlCheck(vertx, other, mysqlSockets, nanos);
        this.core = new CheckCore(switches.settings(), random, nanos.getAsLong());
    }

    /** Timeouts are of the configuration alone: no switch changes them later. */
    private static int connectMillis(CheckSwitches switches, HealthChecker.Type type) {
        long timeoutMillis = switches.settings().of(type).timeoutMillis();
        return (int) Math.min(Integer.MAX_VALUE, timeoutMillis + CONNECT_LONGER_MILLIS);
    }

    private static NetClient sockets(Vertx vertx, int connectMillis) {
        return vertx.createNetClient(new NetClientOptions().setConnectTimeout(connectMillis));
    }

    /** Begins to hear of services and verdicts. */
    public void listen() {
        registry.index().addListener(listener);
        subscriptions.addAll(verdicts.listen());
    }

    /** Begins to check. */
    public void start() {
        control.start();
        context.runOnContext(ready -> {
            long nowNanos = nanos.getAsLong();
            epoch = ownership.epoch();
            lookedNanos = nowNanos - LOOK_EVERY_NANOS;
            lookedAtAllNanos = nowNanos;
            renewedNanos = nowNanos;
            turn();
        });
    }

    /** Lets go of everything; checks under way are forgotten. */
    public Future<Void> close() {
        closed = true;
        registry.index().removeListener(listener);
        subscriptions.forEach(Subscription::close);
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

    /** On an engine's thread. */
    private void changed(ServiceName service) {
        ServiceIndex index = registry.index();
        if (known.contains(service)) {
            dirty.add(service);
        } else if (index.persistentInstanceCount(service) > 0) {
            known.add(service);
            dirty.add(service);
        }
    }

    /** Timed from the end of the one before, so that sockets have their turn between two. */
    private void turn() {
        if (closed) {
            return;
        }
        boolean idle = false;
        try {
            idle = work();
        } catch (RuntimeException e) {
            // Who never took a turn again would let its verdicts run out, and dead instances be shown as registered.
            LOG.error("A turn of the health checks broke off", e);
        } finally {
            vertx.setTimer(idle ? IDLE_TICK_MILLIS : CheckCore.TICK_MILLIS, timer -> turn());
        }
    }

    /** Whether there is nothing to do for a while. */
    private boolean work() {
        long nowNanos = nanos.getAsLong();
        heed(nowNanos);
        heedCut();
        lookAround(nowNanos);
        core.tick(nowNanos);
        carryOut();
        counts = core.counts(nowNanos);
        if (counts.inFlight() > 0) {
            control.turn(nowNanos, () -> core.controlStarted(nowNanos), core::controlEnded);
        }
        renew(nowNanos);
        return counts.targets() == 0 && dirty.isEmpty() && toLookAt.isEmpty();
    }

    /** Switches and owners may have changed; then everything is looked at again. */
    private void heed(long nowNanos) {
        SwitchSettings current = registry.switches().current();
        long currentEpoch = ownership.epoch();
        if (!current.equals(heeded)) {
            heeded = current;
            switches = CheckSwitches.of(current, config);
            core.settings(switches.settings());
        } else if (currentEpoch == epoch && nowNanos - lookedAtAllNanos < LOOK_AT_ALL_NANOS) {
            return;
        }
        epoch = currentEpoch;
        lookedAtAllNanos = nowNanos;
        dirty.addAll(known);
    }

    private void heedCut() {
        boolean now = ownership.isCutOff();
        if (now != cutOff) {
            cutOff = now;
            core.cutOff(now);
            LOG.info(
                    now
                            ? "This server sees less than half of the cluster: health checks do not take silence for an answer"
                            : "This server sees half of the cluster or more: silence counts in health checks again");
        }
    }

    private void lookAround(long nowNanos) {
        long pauseNanos = Math.max(LOOK_EVERY_NANOS, LOOK_TIMES * lookTookNanos);
        if (toLookAt.isEmpty() && !dirty.isEmpty() && nowNanos - lookedNanos >= pauseNanos) {
            lookedNanos = nowNanos;
            lookTookNanos = 0;
            for (Iterator<ServiceName> all = dirty.iterator(); all.hasNext(); ) {
                toLookAt.add(all.next());
                // Before it is looked at: a change after that makes it dirty again.
                all.remove();
            }
        }
        int left = LOOKS_A_TURN;
        while (left > 0 && !toLookAt.isEmpty()) {
            left -= 1 + lookAt(toLookAt.remove(), nowNanos);
        }
        if (left < LOOKS_A_TURN) {
            lookTookNanos += nanos.getAsLong() - nowNanos;
        }
    }

    private int lookAt(ServiceName service, long nowNanos) {
        Optional<ServiceView> view = registry.index().find(service);
        int instances = view.map(seen -> seen.instances().size()).orElse(0);
        boolean persistent = instances > 0
                && view.filter(seen -> seen.instances().size() > seen.ephemeralCount())
                        .isPresent();
        if (!persistent) {
            known.remove(service);
            if (registry.index().persistentInstanceCount(service) > 0) {
                // One came between the two.
                changed(service);
            }
        }
        if (persistent && switches.checks(service)) {
            core.seen(service.keyGroup(), view.map(sights::of).orElse(new Sight(0, 0, List.of())), nowNanos);
        } else {
            core.gone(service.keyGroup());
        }
        return instances;
    }

    private void renew(long nowNanos) {
        long everyNanos = TimeUnit.MILLISECONDS.toNanos(config.leaseMillis()) / RENEWALS_A_LEASE;
        if (nowNanos - renewedNanos >= everyNanos) {
            renewedNanos = nowNanos;
            verdicts.beginRenewals();
        }
        verdicts.renew(RENEWALS_A_TURN);
    }

    /** A check may end while it begins, and the end may ask for more. */
    private void carryOut() {
        if (carryingOut) {
            return;
        }
        carryingOut = true;
        try {
            List<CheckEffect> effects = core.drain();
            while (!effects.isEmpty()) {
                effects.forEach(this::carryOut);
                effects = core.drain();
            }
        } finally {
            carryingOut = false;
        }
    }

    private void carryOut(CheckEffect effect) {
        if (effect instanceof CheckEffect.Start start) {
            begin(start);
        } else if (effect instanceof CheckEffect.Cancel cancel) {
            CheckRun run = running.remove(cancel.checkId());
            if (run != null) {
                run.cancel();
            }
        } else if (effect instanceof CheckEffect.Flip flip) {
            verdicts.write(flip.target(), flip.healthy(), flip.reason());
        } else if (effect instanceof CheckEffect.Clear clear) {
            verdicts.clear(clear.target());
        } else if (effect instanceof CheckEffect.Delete delete) {
            verdicts.delete(delete.target(), delete.unhealthyMillis());
        } else if (effect instanceof CheckEffect.Starved starved) {
            LOG.warn(
                    "This server is short of time or files: most failed health checks say more of it than of their targets, and do not count. "
                            + "It makes at most {} checks a second for now",
                    starved.checksPerSecond());
        } else if (effect instanceof CheckEffect.TooManyTargets many) {
            LOG.warn("{} instances are not checked: that is more than one member can. Add members", many.unchecked());
        }
    }

    private void begin(CheckEffect.Start start) {
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
                    core.begun(checkId, nanos.getAsLong());
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
                core.ended(checkId, verdict, nanos.getAsLong());
                carryOut();
            }
        }

        @Override
        public void notMade(Obstacle obstacle, String reason) {
            if (running.remove(checkId) != null) {
                LOG.debug("A health check could not be made: {}", reason);
                core.endedLocally(checkId, obstacle, nanos.getAsLong());
                carryOut();
            }
        }
    }

    public CheckCounts counts() {
        return counts;
    }

    /** Checks begun so far, of one kind. */
    public long startedCount(HealthChecker.Type type) {
        LongAdder count = started.get(type);
        return count == null ? 0 : count.sum();
    }

    /** Verdicts that stand in the cluster: instances that are not as registered. */
    public int verdictCount() {
        return verdicts.standingCount();
    }

    /** Verdicts that could not be written. */
    public long refusedWriteCount() {
        return verdicts.refusedCount();
    }
}
