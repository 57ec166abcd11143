package io.muster.sim.run;

import io.muster.sim.cluster.SimProcess;
import io.muster.sim.net.LinkQuality;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** A subject that notes what a run does to it; each of its processes ticks ten times a second. */
class ScriptedSubject implements Subject, SubjectRun {

    final List<String> story = new ArrayList<>();
    private final List<Operation> drawn;
    private Optional<SimRun> run = Optional.empty();

    ScriptedSubject() {
        this(List.of());
    }

    ScriptedSubject(List<Operation> drawn) {
        this.drawn = drawn;
    }

    static Plan plan(int nodes, Fault... faults) {
        return new Plan(
                "scripted",
                1,
                nodes,
                new TreeMap<>(Map.of(DiskPace.WRITE_KNOB, 10L, DiskPace.SYNC_KNOB, 100L)),
                new PlanShape(2_000, 1_000, 1_000),
                LinkQuality.GOOD,
                PlanDraw.shuffled(nodes, 1),
                CoreFate.DEAD,
                List.of(faults),
                List.of());
    }

    SimRun run() {
        return run.orElseThrow();
    }

    void tick(SimProcess process) {
        process.time().after(Duration.ofMillis(100), () -> tick(process));
    }

    void note(String what) {
        story.add(run().cluster().clock().monoNanos() / 1_000_000 + " " + what);
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Routing routing() {
        return Routing.BY_NODE_ID;
    }

    @Override
    public Set<FaultKind> faultKinds() {
        return EnumSet.allOf(FaultKind.class);
    }

    @Override
    public List<String> sensitivePoints() {
        return List.of("tick");
    }

    @Override
    public List<String> requiredMarks() {
        return List.of("ticked");
    }

    @Override
    public SortedMap<String, Long> drawKnobs(int nodes, RandomGenerator random) {
        return new TreeMap<>();
    }

    @Override
    public List<Operation> drawOperations(int nodes, PlanShape shape, RandomGenerator random) {
        return drawn;
    }

    @Override
    public SubjectRun begin(SimRun newRun) {
        run = Optional.of(newRun);
        return this;
    }

    @Override
    public void start(SimProcess process) {
        note("start n" + (process.index() + 1));
        tick(process);
    }

    @Override
    public void stopped(int node) {
        note("stop n" + (node + 1));
    }

    @Override
    public void perform(Operation operation) {
        note(operation.kind());
    }

    @Override
    public void check(int node) {}

    @Override
    public void reconfigure(int node, FaultKind kind, long amount) {
        note(kind + " " + amount);
    }

    @Override
    public void begin(Phase phase, List<Integer> healthy) {
        note(phase + " " + healthy.size());
    }

    @Override
    public Optional<Lack> lacking(Phase phase) {
        return Optional.empty();
    }

    @Override
    public void finish() {
        note("finish");
    }
}
