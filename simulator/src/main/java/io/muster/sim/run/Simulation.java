package io.muster.sim.run;

import io.muster.sim.NodeTime;
import io.muster.sim.SeededRng;
import io.muster.sim.VirtualTime;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.net.Cut;
import io.muster.sim.net.LinkQuality;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Carries out one plan against one subject. An object is good for one run. */
public final class Simulation {

    /** How often a phase is asked whether it lacks anything. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final Plan plan;
    private final SimCluster cluster;
    private final SimRun run;
    private final SubjectRun subjectRun;
    private final NodeProcesses processes;
    private final FaultInjector faults;

    public Simulation(Subject subject, Plan plan) {
        if (!plan.subject().equals(subject.name())) {
            throw new IllegalArgumentException("a plan for " + plan.subject() + ", not for " + subject.name());
        }
        this.plan = plan;
        SeededRng seeds = new SeededRng(plan.seed());
        VirtualTime clock = VirtualTime.shuffling(VirtualTime.START_WALL_MILLIS, plan.seed());
        this.cluster = new SimCluster(clock, seeds.child("run"), plan.nodes(), subject.routing());
        this.run = new SimRun(plan, cluster);
        this.subjectRun = subject.begin(run);
        DiskPace diskPace = DiskPace.of(plan);
        this.processes = new NodeProcesses(cluster, subjectRun, diskPace);
        this.faults = new FaultInjector(cluster, processes, diskPace, subjectRun);
    }

    /** Has what happens told in words, from the beginning on. */
    public Simulation toldTo(Consumer<String> story) {
        cluster.clock().story(story);
        return this;
    }

    /** Runs all phases, or up to what breaks. */
    // Whatever a subject throws is how its run failed; nothing is lost, since the cause is in the result.
    @SuppressWarnings("CatchAndPrintStackTrace")
    public SimResult run() {
        try {
            chaos();
            core();
            heal();
            drain();
            return result(Optional.empty());
        } catch (RuntimeException | AssertionError | StackOverflowError broken) {
            return result(Optional.of(failure(broken)));
        }
    }

    private void chaos() {
        run.onSensitive(faults::reached);
        run.onExit(processes::exited);
        cluster.clock().afterEach(this::check);
        cluster.network().quality(plan.noise());
        begin(Phase.CHAOS, allNodes());
        processes.startAll();
        faults.plan(plan.faults());
        for (Operation operation : plan.operations()) {
            cluster.clock().after(Duration.ofMillis(operation.atMillis()), () -> subjectRun.perform(operation));
        }
        cluster.clock().advance(Duration.ofMillis(plan.shape().chaosMillis()));
        checkAll();
    }

    private void core() {
        faults.heal();
        cluster.network().heal();
        cluster.network().quality(LinkQuality.GOOD);
        List<Integer> core = plan.core();
        if (core.size() <= plan.nodes() / 2) {
            return; // more nodes are damaged than a majority can stand: safety is all that can be asked for
        }
        List<Integer> others =
                allNodes().stream().filter(node -> !core.contains(node)).toList();
        List<Runnable> undo = others.stream().map(this::befall).toList();
        begin(Phase.CORE, core);
        await(Phase.CORE, plan.shape().coreMillis());
        undo.forEach(Runnable::run);
    }

    private void heal() {
        cluster.network().heal();
        begin(Phase.HEAL, allNodes());
        await(Phase.HEAL, plan.shape().healMillis());
    }

    private void drain() {
        begin(Phase.DRAIN, allNodes());
        await(Phase.DRAIN, plan.shape().healMillis());
        subjectRun.finish();
    }

    /** A node outside the core meets its fate, until what is returned is run. */
    private Runnable befall(int node) {
        return switch (plan.coreFate()) {
            case DEAD -> {
                processes.end(node, SimMachine::kill);
                yield () -> processes.release(node);
            }
            case PAUSED -> {
                processes.pause(node);
                yield () -> processes.resume(node);
            }
            case CUT -> Cut.isolate(cluster.network(), node)::heal;
            case DEAF -> Cut.oneWayIn(cluster.network(), node)::heal;
            case MUTE -> Cut.oneWayOut(cluster.network(), node)::heal;
        };
    }

    private void begin(Phase phase, List<Integer> healthy) {
        run.phase(phase);
        cluster.clock().trace().add(phase.name());
        cluster.clock().tell(() -> "phase " + phase + ", healthy " + healthy);
        subjectRun.begin(phase, healthy);
    }

    private void await(Phase phase, long boundMillis) {
        long until =
                cluster.clock().monoNanos() + Duration.ofMillis(boundMillis).toNanos();
        Optional<Lack> lack = subjectRun.lacking(phase);
        while (lack.isPresent()) {
            if (cluster.clock().monoNanos() >= until) {
                throw new InvariantViolation(
                        lack.get().invariant(),
                        InvariantViolation.NO_NODE,
                        lack.get().what() + ", " + boundMillis + " ms after phase " + phase + " began");
            }
            cluster.clock().advance(LOOK_EVERY);
            lack = subjectRun.lacking(phase);
        }
        checkAll();
    }

    private void check(NodeTime node) {
        if (node.index() != NodeTime.NO_INDEX && !node.killed()) {
            subjectRun.check(node.index());
        }
    }

    private void checkAll() {
        cluster.machines().stream().filter(SimMachine::running).forEach(machine -> subjectRun.check(machine.index()));
    }

    private List<Integer> allNodes() {
        return cluster.machines().stream().map(SimMachine::index).toList();
    }

    private Failure failure(Throwable broken) {
        long now = cluster.clock().monoNanos();
        if (broken instanceof InvariantViolation violation) {
            return new Failure(violation.invariant(), violation.node(), run.phase(), now, violation);
        }
        boolean budget = broken instanceof AssertionError
                && String.valueOf(broken.getMessage()).startsWith("EventBudget");
        String invariant =
                budget ? "EventBudget" : "NoCrash/" + broken.getClass().getSimpleName();
        return new Failure(invariant, InvariantViolation.NO_NODE, run.phase(), now, broken);
    }

    private SimResult result(Optional<Failure> failure) {
        cluster.machines()
                .forEach(machine -> cluster.clock().trace().add(machine.disk().hash()));
        SortedMap<String, Long> network = new TreeMap<>();
        cluster.network().counters().nonZero().forEach((fate, count) -> network.put(fate.name(), count));
        return new SimResult(
                plan,
                cluster.clock().trace().value(),
                cluster.clock().monoNanos(),
                cluster.clock().eventCount(),
                faults.counts(),
                network,
                run.marks(),
                failure);
    }
}
