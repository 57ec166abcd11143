package io.muster.simulation.health;

import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Mode;
import io.muster.consistency.router.ConsistencyRouter;
import io.muster.distro.DistroConfig;
import io.muster.distro.DistroEngine;
import io.muster.distro.DistroMetrics;
import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.LeaseLimits;
import io.muster.distro.core.PeerLimits;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.port.Lane;
import io.muster.naming.check.CheckConfig;
import io.muster.naming.check.CheckOwnership;
import io.muster.naming.check.CheckRounds;
import io.muster.naming.check.core.CheckCore;
import io.muster.naming.check.core.CheckEffect;
import io.muster.naming.check.core.Obstacle;
import io.muster.naming.check.core.Verdict;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.Duties;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.RegistryPorts;
import io.muster.naming.registry.RegistrySettings;
import io.muster.naming.wire.RegistryRecordCodec;
import io.muster.sim.cluster.OracleMembers;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/** One process: the real ephemeral engine, registry and checks on the ports of the simulation. */
final class CheckedNode {

    static final CheckConfig CHECKS = new CheckConfig(2_000, 500, 0, 60_000);

    /** Turns of the loop between a packet and whoever waits for it: connected, written to, read from. */
    private static final int HOPS = 3;

    private static final long COLD_START_HOLD_MILLIS = 4_000;
    private static final long CONTROL_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Where checks of this process end up. */
    interface World {

        /** The target at that address, if there is one. */
        Optional<CheckedTarget> at(InstanceKey address);

        boolean hasWay(int machine, CheckedTarget target);

        /** Whether the machine lacks files just now. */
        boolean isShort(int machine);

        /** How much later than they came answers are heard at the machine just now; 0 in good times. */
        long answersLateNanos(int machine);

        /** Whether the machine's engines take no verdicts just now. */
        boolean refusesVerdicts(int machine);
    }

    final SimProcess process;
    private final SimCluster cluster;
    final OracleMembers members;
    final DistroEngine<RegistryRecord> engine;
    final Registry registry;
    final CheckRounds rounds;
    private final World world;
    private final RandomGenerator random;
    private final Map<Long, Optional<CheckedTarget>> running = new HashMap<>();
    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private long controlNanos;
    private boolean controlRuns;

    CheckedNode(SimCluster cluster, SimProcess process, GroupModel group, World world, HealthBug bug, Watch watch) {
        this.process = process;
        this.cluster = cluster;
        this.world = world;
        this.random = process.rng().stream("checks");
        this.members = OracleMembers.of(cluster, process);
        this.engine = new DistroEngine<>(
                config(),
                new RegistryRecordCodec(),
                process.identity(),
                process.ports(Lane.DISTRO, members),
                DistroMetrics.NONE,
                broken::set);
        GroupMember raft = new GroupMember(group, process);
        CheckOwnership ownership = bug.ownership(new ByResponsibility());
        ConsistencyService<RegistryRecord> both = new ConsistencyRouter<>(engine, raft);
        HeartbeatSettings.Defaults heartbeat = new HeartbeatSettings.Defaults(1_000, 3_000, 6_000, 60_000);
        Duties duties = bug == HealthBug.NOBODY_STORES_WORDS ? keyGroup -> false : ownership::isMine;
        this.registry = new Registry(
                bug.engines(both),
                new RegistrySettings(heartbeat, 60_000, 200_000),
                new RegistryPorts(
                        (delayMillis, task) -> process.time().after(Duration.ofMillis(delayMillis), task),
                        process.time()::wallMillis,
                        process.time()::monoNanos,
                        duties,
                        raft,
                        engine::warmingUp,
                        bug.format()));
        this.rounds = new CheckRounds(
                registry,
                watch.over(this, both, () -> world.refusesVerdicts(process.index())),
                ownership,
                CHECKS,
                bug.rules(),
                process.time()::wallMillis,
                process.time()::monoNanos,
                process.rng().stream("jitter"),
                new Sockets());
        rounds.listen();
        registry.start();
        watch.listen(this, both);
        engine.watch(process.time(), members::selfLoaded);
        engine.start();
        rounds.begin();
        process.time().after(Duration.ofMillis(CheckCore.TICK_MILLIS), this::turn);
    }

    private static DistroConfig config() {
        return DistroConfig.DEFAULTS
                .withLeases(new LeaseLimits(60_000, 2_000, 600_000, 1_000))
                .withGuard(new GuardLimits(0.3, 10, 3_000, 3_000))
                .withPeers(new PeerLimits(20, 1_000, 5_000, 300))
                .withColdStartHoldMillis(COLD_START_HOLD_MILLIS);
    }

    /** As the launcher shares checks out. */
    private final class ByResponsibility implements CheckOwnership {

        @Override
        public boolean isMine(String name) {
            return engine.loaded()
                    && engine.responsibleFor(name)
                            .filter(process.identity().nodeId()::equals)
                            .isPresent();
        }

        @Override
        public long epoch() {
            return 2 * engine.responsibilityEpoch() + (engine.loaded() ? 1 : 0);
        }

        @Override
        public boolean isCutOff() {
            List<Member> all = members.view().members();
            long up = all.stream()
                    .filter(member -> member.state() == MemberState.UP)
                    .count();
            return up * 2 < all.size();
        }

        @Override
        public boolean isAlone() {
            return false;
        }
    }

    private void turn() {
        rounds.turn();
        checkItself();
        process.time().after(Duration.ofMillis(CheckCore.TICK_MILLIS), this::turn);
    }

    /** One at a time, and late where all answers are. */
    private void checkItself() {
        long nowNanos = process.time().monoNanos();
        if (controlRuns || rounds.counts().inFlight() == 0 || nowNanos - controlNanos < CONTROL_EVERY_NANOS) {
            return;
        }
        controlNanos = nowNanos;
        controlRuns = true;
        rounds.controlStarted(nowNanos);
        process.time().deliver(TimeUnit.MILLISECONDS.toNanos(1) + world.answersLateNanos(process.index()), () -> {
            controlRuns = false;
            rounds.controlEnded(process.time().monoNanos(), true);
        });
    }

    /** Connections that reach a target, or not, as the world is when they come there. */
    private final class Sockets implements CheckRounds.Prober {

        @Override
        public void begin(CheckEffect.Start start) {
            InstanceKey address =
                    new InstanceKey(start.plan().host(), start.plan().port(), InstanceKey.DEFAULT_CLUSTER);
            Optional<CheckedTarget> target = world.at(address);
            running.put(start.checkId(), target);
            long nowNanos = process.time().monoNanos();
            target.ifPresent(found -> found.asked(process.index(), nowNanos));
            CheckedTarget.Met met =
                    target.map(found -> meet(found, start.checkId())).orElse(CheckedTarget.Met.SILENCE);
            boolean late = world.answersLateNanos(process.index()) > 0;
            cluster.clock()
                    .tell(() -> "n" + (process.index() + 1) + " checks " + address + " as " + start.checkId() + ": "
                            + met + (late ? ", heard late" : ""));
            target.ifPresent(found -> found.met(CheckedNode.this, new CheckedTarget.Check(nowNanos, met), late));
        }

        private CheckedTarget.Met meet(CheckedTarget target, long checkId) {
            if (world.isShort(process.index())) {
                later(checkId, () -> rounds.endedLocally(checkId, Obstacle.SHORTAGE));
                return CheckedTarget.Met.NOT_MADE;
            }
            if (!world.hasWay(process.index(), target)) {
                return CheckedTarget.Met.NO_WAY;
            }
            return switch (target.behaviour) {
                case UP -> {
                    later(checkId, () -> rounds.ended(checkId, Verdict.PASSED));
                    yield CheckedTarget.Met.ANSWER;
                }
                case REFUSES -> {
                    later(checkId, () -> rounds.ended(checkId, Verdict.REFUSED));
                    yield CheckedTarget.Met.REFUSAL;
                }
                case HANGS -> CheckedTarget.Met.SILENCE;
            };
        }

        private void later(long checkId, Runnable end) {
            process.time()
                    .deliver(
                            TimeUnit.MICROSECONDS.toNanos(300 + random.nextInt(3_000))
                                    + world.answersLateNanos(process.index()),
                            () -> hop(HOPS, () -> {
                                if (running.containsKey(checkId)) {
                                    letGo(checkId);
                                    end.run();
                                }
                            }));
        }

        private void hop(int left, Runnable end) {
            process.time().execute(left == 1 ? end : () -> hop(left - 1, end));
        }

        @Override
        public void cancel(long checkId) {
            letGo(checkId);
        }

        private void letGo(long checkId) {
            running.getOrDefault(checkId, Optional.empty()).ifPresent(target -> target.ended(CheckedNode.this));
            running.remove(checkId);
        }
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(broken.get());
    }

    boolean awake() {
        return !process.time().killed() && !process.time().paused();
    }

    /** Whether requests are answered other than by 503. */
    boolean serves() {
        return awake() && engine.readiness(Mode.EPHEMERAL).ready();
    }

    /** What a reader sees here of one instance. */
    Optional<InstanceView> view(ServiceName service, InstanceKey key) {
        return registry.index().find(service).flatMap(view -> view.instance(key));
    }
}
