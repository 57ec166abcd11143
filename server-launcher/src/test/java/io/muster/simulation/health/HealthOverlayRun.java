package io.muster.simulation.health;

import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.model.UnhealthyDeletion;
import io.muster.naming.registry.InstanceView;
import io.muster.sim.VirtualTime;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.net.Cut;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.Lack;
import io.muster.sim.run.Operation;
import io.muster.sim.run.Phase;
import io.muster.sim.run.SimRun;
import io.muster.sim.run.SubjectRun;
import io.muster.simulation.health.CheckedTarget.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@link HealthOverlaySubject}. Beside what {@link Watch} and {@link Operators} hold:
 *
 * <ul>
 *   <li>IX2 is with {@link OtherKind}.
 *   <li>HO4 {@code OneChecker}: when members agree, each target is checked by one of them, and no verdict is written without cause.
 *   <li>HO5 {@code FlipInTime}: a majority to which nothing happens shows every target as it is within its bound, whoever died with it; in the end all
 *       members do.
 * </ul>
 */
final class HealthOverlayRun implements SubjectRun, CheckedNode.World {

    private static final Duration LOOK = Duration.ofMillis(50);

    /** One look in so many is at all that the engines hold. */
    private static final int LOOKS_AT_KINDS = 8;

    /** Turns of a starved machine take a fifth of a second each. */
    private static final int STARVED_FACTOR = 10_000;

    /** Beyond the timeout of any check. */
    private static final long ANSWERS_LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    /** Members agree on who is there by then, and what was in doubt is not. */
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(14);

    /**
     * A living majority knows who died, has taken his targets over and found out what is true of them by then: 6 s until he is DOWN, 4 s to the first
     * check, 5 s for three that are silent, and some to write it.
     */
    private static final long FOUND_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** Each target is checked within this, at the pace of this run. */
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final ServiceName CHECKED = ServiceName.of("", "", "checked");
    private static final ServiceName MORTAL = ServiceName.of("", "", "mortal");
    private static final ServiceName WORDS = ServiceName.of("", "", "words");

    private final SimRun run;
    private final HealthBug bug;
    private final SimCluster cluster;
    private final VirtualTime clock;
    private final RandomGenerator random;
    private final GroupModel group;
    private final Minorities minorities;
    private final Calm calm;
    private final CutsInDoubt cutsInDoubt;
    private final Watch watch;
    private final Operators operators;
    private final OtherKind otherKind;
    private final List<@Nullable CheckedNode> nodes = new ArrayList<>();
    private final Map<InstanceKey, CheckedTarget> targets = new LinkedHashMap<>();
    private final List<CheckedTarget> checked = new ArrayList<>();
    private final List<CheckedTarget> mortals = new ArrayList<>();
    private final long[] shortUntilNanos;
    private final long[] starvedUntilNanos;
    private final long[] refusesUntilNanos;
    private final long[] lateUntilNanos;
    private List<Integer> healthy = List.of();
    private long phaseNanos;
    private int looks;

    HealthOverlayRun(SimRun run, HealthBug bug) {
        this.run = run;
        this.bug = bug;
        this.cluster = run.cluster();
        this.clock = cluster.clock();
        this.random = cluster.seeds().stream("operators");
        this.group = new GroupModel(cluster);
        this.minorities = new Minorities(cluster.size());
        this.calm = new Calm(cluster);
        this.cutsInDoubt = new CutsInDoubt(run, (int) run.knob(HealthOverlaySubject.TIMES) - 1);
        this.starvedUntilNanos = new long[cluster.size()];
        this.refusesUntilNanos = new long[cluster.size()];
        this.lateUntilNanos = new long[cluster.size()];
        this.shortUntilNanos = new long[cluster.size()];
        for (int node = 0; node < cluster.size(); node++) {
            nodes.add(null);
        }
        found((int) run.knob(HealthOverlaySubject.TARGETS), CHECKED, "10.1.0.", checked);
        found(HealthOverlaySubject.MORTALS, MORTAL, "10.1.1.", mortals);
        this.otherKind = new OtherKind(run, group, held(), nodes::get);
        install();
        this.watch = new Watch(run, (int) run.knob(HealthOverlaySubject.TIMES), targets, minorities);
        this.operators = new Operators(run, WORDS, (int) run.knob(HealthOverlaySubject.INSTANCES), nodes::get);
        look();
    }

    private void found(int count, ServiceName service, String addresses, List<CheckedTarget> to) {
        for (int i = 0; i < count; i++) {
            InstanceKey key = new InstanceKey(addresses + (1 + i), 80, InstanceKey.DEFAULT_CLUSTER);
            CheckedTarget target = new CheckedTarget(service, key, i % cluster.size());
            targets.put(key, target);
            to.add(target);
        }
    }

    private List<OtherKind.Held> held() {
        List<InstanceKey> beating = List.of(new InstanceKey("10.2.0.1", 9_000, InstanceKey.DEFAULT_CLUSTER));
        List<InstanceKey> targetsThere =
                checked.stream().map(target -> target.key).toList();
        return List.of(new OtherKind.Held(WORDS, true, beating), new OtherKind.Held(CHECKED, false, targetsThere));
    }

    private void install() {
        if (bug.holdsKinds()) {
            otherKind.declare();
        }
        group.install(
                Keys.SWITCHES,
                SwitchSettings.DEFAULT
                        .with("healthCheckTimes", String.valueOf(run.knob(HealthOverlaySubject.TIMES)))
                        .withAll(Map.of("tcpHealthParams", "3000,500,0.5")));
        group.install(
                Keys.cluster(MORTAL.keyGroup(), InstanceKey.DEFAULT_CLUSTER),
                new ClusterDefinition(
                        HealthChecker.TCP,
                        80,
                        true,
                        Metadata.of(Map.of(
                                UnhealthyDeletion.KEY, String.valueOf(HealthOverlaySubject.DELETE_AFTER_MILLIS)))));
        targets.values()
                .forEach(target -> group.install(
                        Keys.instance(target.service.keyGroup(), target.key, false), target.registration()));
    }

    // The world of the checks

    @Override
    public Optional<CheckedTarget> at(InstanceKey address) {
        return Optional.ofNullable(targets.get(address));
    }

    @Override
    public boolean hasWay(int machine, CheckedTarget target) {
        return machine == target.rack || cluster.network().connected(machine, target.rack);
    }

    @Override
    public boolean isShort(int machine) {
        return clock.monoNanos() < shortUntilNanos[machine];
    }

    @Override
    public long answersLateNanos(int machine) {
        return clock.monoNanos() < lateUntilNanos[machine] ? ANSWERS_LATE_NANOS : 0;
    }

    @Override
    public boolean refusesVerdicts(int machine) {
        return clock.monoNanos() < refusesUntilNanos[machine];
    }

    // What happens

    @Override
    public void start(SimProcess process) {
        calm.disturbed();
        minorities.began(process.index());
        nodes.set(process.index(), new CheckedNode(cluster, process, group, this, bug, watch));
    }

    @Override
    public void stopped(int node) {
        nodes.set(node, null);
        group.copy(node).forgetProcess();
        operators.stopped(node);
    }

    @Override
    public void perform(Operation operation) {
        int argument = (int) operation.argument();
        int number = operation.client();
        switch (operation.kind()) {
            case HealthOverlaySubject.BECOME -> become(checked.get(number % checked.size()), argument);
            case HealthOverlaySubject.DIE_WITH_CHECKER ->
                dieWithChecker(checked.get(number % checked.size()), argument);
            case HealthOverlaySubject.FALL ->
                mortals.get(number).behave(argument == 0 ? Behaviour.REFUSES : Behaviour.HANGS, clock.monoNanos());
            case HealthOverlaySubject.RISE -> mortals.get(number).behave(Behaviour.UP, clock.monoNanos());
            case HealthOverlaySubject.STARVE -> starve(number % cluster.size(), argument);
            case HealthOverlaySubject.HEAR_LATE -> hearLate(number % cluster.size(), argument);
            case HealthOverlaySubject.CUT_IN_DOUBT ->
                cutsInDoubt.await(checked.get(number % checked.size()), Duration.ofMillis(argument));
            case HealthOverlaySubject.REFUSE_VERDICTS ->
                refusesUntilNanos[number % cluster.size()] =
                        clock.monoNanos() + TimeUnit.MILLISECONDS.toNanos(argument);
            case HealthOverlaySubject.LACK_FILES ->
                shortUntilNanos[number % cluster.size()] = clock.monoNanos() + TimeUnit.MILLISECONDS.toNanos(argument);
            case HealthOverlaySubject.START -> operators.start(number, argument % cluster.size());
            case HealthOverlaySubject.STOP -> operators.stop(number, argument % cluster.size(), argument % 2 == 0);
            case HealthOverlaySubject.REGISTER -> operators.registerAgain(number, argument % cluster.size());
            case HealthOverlaySubject.SAY -> operators.say(number, argument % cluster.size(), random.nextInt(8));
            case HealthOverlaySubject.SAY_ACROSS_A_CUT -> sayAcrossACut(number, argument % cluster.size(), argument);
            case HealthOverlaySubject.REGISTER_OTHER_KIND ->
                otherKind.attack(number, argument % cluster.size(), argument % 3 == 0);
            default -> throw new IllegalArgumentException("unknown operation " + operation);
        }
    }

    /**
     * The second word is on what the first was, or takes it back, and finds a leader, whoever was one before; the third is on something else, later, at the
     * machine that has not heard of the second.
     */
    private void sayAcrossACut(int instance, int machine, int millis) {
        run.mark("said across a cut");
        Cut cut = Cut.isolate(cluster.network(), machine);
        int second = random.nextInt(3) == 0 ? Operators.TAKES_BACK : Operators.ON_WEIGHT;
        operators.say(instance, machine, Operators.ON_WEIGHT);
        inChaos(4_000, () -> operators.say(instance, (machine + 1) % cluster.size(), second));
        inChaos(5_000, () -> operators.say(instance, machine, Operators.ON_NOTE));
        inChaos(millis, cut::heal);
    }

    /** The end of the chaos heals all there is; what is cut after it is not ours. */
    private void inChaos(int afterMillis, Runnable what) {
        clock.after(Duration.ofMillis(afterMillis), () -> {
            if (run.phase() == Phase.CHAOS) {
                what.run();
            }
        });
    }

    private void become(CheckedTarget target, int way) {
        Behaviour next = switch (way) {
            case 0, 1, 2, 3 -> Behaviour.UP;
            case 4, 5 -> Behaviour.REFUSES;
            default -> Behaviour.HANGS;
        };
        if (target.isUp() && next != Behaviour.UP) {
            checkerOf(target).ifPresent(machine -> run.sensitive("target dies", machine));
        }
        target.behave(next, clock.monoNanos());
    }

    private Optional<Integer> checkerOf(CheckedTarget target) {
        return target.lastBegun().map(CheckedTarget.Begun::machine);
    }

    private void dieWithChecker(CheckedTarget target, int way) {
        target.behave(way % 2 == 0 ? Behaviour.REFUSES : Behaviour.HANGS, clock.monoNanos());
        checkerOf(target).filter(machine -> nodes.get(machine) != null).ifPresent(machine -> {
            run.mark("died with its checker");
            run.exit(machine, "its target dies, too");
        });
    }

    /** HO5, while a majority has nothing to suffer from. */
    private void foundInTime() {
        long nowNanos = clock.monoNanos();
        List<Boolean> suffers = new ArrayList<>();
        for (int machine = 0; machine < cluster.size(); machine++) {
            suffers.add(nowNanos < shortUntilNanos[machine]
                    || nowNanos < starvedUntilNanos[machine]
                    || nowNanos < refusesUntilNanos[machine]);
        }
        calm.look(suffers);
        if (nowNanos - calm.sinceNanos() < FOUND_NANOS) {
            return;
        }
        List<CheckedNode> living = new ArrayList<>();
        calm.living().forEach(machine -> {
            CheckedNode node = nodes.get(machine);
            if (node != null && node.serves()) {
                living.add(node);
            }
        });
        for (CheckedTarget target : targets.values()) {
            boolean all = living.stream().allMatch(node -> hasWay(node.process.index(), target));
            boolean none = living.stream().noneMatch(node -> hasWay(node.process.index(), target));
            boolean settled = target.sinceNanos - calm.sinceNanos() >= FOUND_NANOS;
            long boundNanos = settled ? settledNanos(target) : FOUND_NANOS;
            if (nowNanos - target.sinceNanos < boundNanos || !(all || none)) {
                continue;
            }
            for (CheckedNode node : living) {
                shownWrongly(node, target, target.isUp() && all).ifPresent(what -> {
                    throw new InvariantViolation(
                            "HO5",
                            node.process.index(),
                            what + " after "
                                    + TimeUnit.NANOSECONDS.toSeconds(
                                            nowNanos - Math.max(calm.sinceNanos(), target.sinceNanos))
                                    + " s of calm");
                });
            }
        }
    }

    /** Where nobody had to take over: a round of 3.6 s, two more looks within half a second each, and for silence what it is held. */
    private static long settledNanos(CheckedTarget target) {
        return TimeUnit.MILLISECONDS.toNanos(target.behaviour == Behaviour.HANGS ? 11_000 : 7_500);
    }

    private void starve(int machine, int millis) {
        starvedUntilNanos[machine] = clock.monoNanos() + 2 * TimeUnit.MILLISECONDS.toNanos(millis);
        cluster.machine(machine).slow(STARVED_FACTOR);
        clock.after(Duration.ofMillis(millis), () -> cluster.machine(machine).slow(0));
    }

    /** Its loops turn, but what comes in waits: no check has its answer in time, be it of itself. */
    private void hearLate(int machine, int millis) {
        lateUntilNanos[machine] = clock.monoNanos() + TimeUnit.MILLISECONDS.toNanos(millis);
        starvedUntilNanos[machine] =
                Math.max(starvedUntilNanos[machine], lateUntilNanos[machine] + 2 * ANSWERS_LATE_NANOS);
        run.mark("hears late");
    }

    private void look() {
        clock.after(LOOK, () -> {
            operators.check();
            looks++;
            if (looks % LOOKS_AT_KINDS == 0) {
                otherKind.check();
            }
            cutsInDoubt.look();
            for (int machine = 0; machine < cluster.size(); machine++) {
                boolean inMinority = cluster.machine(machine).awake() && group.reachable(machine) * 2 < cluster.size();
                minorities.look(machine, inMinority, clock.monoNanos());
            }
            foundInTime();
            look();
        });
    }

    @Override
    public Optional<Integer> leader() {
        return cluster.machines().stream()
                .map(machine -> machine.index())
                .filter(machine -> group.copy(machine).isLeader())
                .findFirst();
    }

    // What must hold

    @Override
    public void check(int node) {
        CheckedNode checkedNode = nodes.get(node);
        if (checkedNode != null) {
            checkedNode.failure().ifPresent(cause -> {
                throw new IllegalStateException("the engine of n" + (node + 1) + " stopped: " + cause, cause);
            });
        }
    }

    @Override
    public void begin(Phase phase, List<Integer> nowHealthy) {
        healthy = nowHealthy;
        phaseNanos = clock.monoNanos();
        if (phase != Phase.CHAOS) {
            cutsInDoubt.stop();
        }
        for (int machine = 0; machine < cluster.size(); machine++) {
            shortUntilNanos[machine] = 0;
            refusesUntilNanos[machine] = 0;
            lateUntilNanos[machine] = 0;
            if (phase != Phase.CHAOS) {
                cluster.machine(machine).slow(0);
            }
        }
    }

    @Override
    public Optional<Lack> lacking(Phase phase) {
        List<CheckedNode> members = new ArrayList<>();
        for (int machine : healthy) {
            CheckedNode node = nodes.get(machine);
            if (node == null || !node.serves()) {
                return Optional.of(new Lack("HO5", "n" + (machine + 1) + " does not serve"));
            }
            members.add(node);
        }
        Optional<Lack> lack = members.stream()
                .flatMap(node -> targets.values().stream()
                        .flatMap(target -> shownWrongly(node, target, isReached(target)).stream()))
                .findFirst()
                .map(what -> new Lack("HO5", what));
        if (lack.isPresent() || phase == Phase.CORE) {
            return lack;
        }
        Optional<Lack> words = operators.lacking(members);
        if (words.isPresent() || phase == Phase.HEAL) {
            return words;
        }
        long quietNanos = clock.monoNanos() - phaseNanos;
        return quietNanos < SETTLED_NANOS + ROUND_NANOS
                ? Optional.of(new Lack("HO5", "not quiet for long enough"))
                : Optional.empty();
    }

    /** Whether it has an answer for a healthy majority. */
    private boolean isReached(CheckedTarget target) {
        return target.isUp() && healthy.stream().anyMatch(machine -> hasWay(machine, target));
    }

    private static Optional<String> shownWrongly(CheckedNode node, CheckedTarget target, boolean expected) {
        Optional<InstanceView> shown = node.view(target.service, target.key);
        boolean mayBeDeleted = target.service.equals(MORTAL);
        boolean right = (shown.isEmpty() && mayBeDeleted)
                || shown.filter(view -> view.healthy() == expected).isPresent();
        return right
                ? Optional.empty()
                : Optional.of("n" + (node.process.index() + 1) + " shows " + target + " as "
                        + shown.map(view -> String.valueOf(view.healthy())).orElse("gone"));
    }

    /** HO4, when all has been quiet for long. */
    @Override
    public void finish() {
        otherKind.check();
        long sinceNanos = clock.monoNanos() - ROUND_NANOS;
        require(watch.lastFlipNanos < sinceNanos, "HO4", "a verdict was written while nothing happened");
        for (CheckedTarget target : targets.values()) {
            TreeSet<Integer> checkers = new TreeSet<>();
            target.begun.stream()
                    .filter(begun -> begun.atNanos() >= sinceNanos)
                    .forEach(begun -> checkers.add(begun.machine()));
            boolean registered = Objects.requireNonNull(nodes.get(0))
                    .view(target.service, target.key)
                    .isPresent();
            require(checkers.size() <= 1, "HO4", target + " is checked by " + checkers);
            require(
                    !registered || !checkers.isEmpty(),
                    "HO5",
                    target + " is checked by nobody since "
                            + target.begun.get(target.begun.size() - 1).atNanos() + ", now " + clock.monoNanos());
        }
    }

    private static void require(boolean holds, String invariant, String what) {
        if (!holds) {
            throw new InvariantViolation(invariant, InvariantViolation.NO_NODE, what);
        }
    }
}
