package io.muster.sim.run;

import io.muster.sim.cluster.SimCluster;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** One run as its subject sees it: the cluster, the plan's settings, and where the subject reports what it comes to. */
public final class SimRun {

    private final Plan plan;
    private final SimCluster cluster;
    private final SortedMap<String, Long> marks = new TreeMap<>();
    private Phase phase = Phase.CHAOS;
    private Sensitive sensitive = (point, node) -> {};
    private Exit exit = node -> {};

    /** Who wants to know of sensitive points. */
    interface Sensitive {
        void reached(String point, int node);
    }

    /** Who carries out that a process ends by itself. */
    interface Exit {
        void exited(int node);
    }

    SimRun(Plan plan, SimCluster cluster) {
        this.plan = plan;
        this.cluster = cluster;
    }

    public SimCluster cluster() {
        return cluster;
    }

    public Plan plan() {
        return plan;
    }

    /** A setting that the subject drew. */
    public long knob(String name) {
        return plan.knob(name);
    }

    public Phase phase() {
        return phase;
    }

    /** A branch that matters was taken ({@code spec/simulation.md} §9). */
    public void mark(String name) {
        marks.merge(name, 1L, Long::sum);
    }

    /** A node is where a crash, cut or pause would hurt; the plan may have one strike within the next 3 ms ({@code spec/simulation.md} §3). */
    public void sensitive(String point, int node) {
        sensitive.reached(point, node);
    }

    /** The node's process ends by itself, as it must when its disk fails; it is started again a second later, as a service manager does. */
    public void exit(int node, String reason) {
        cluster.clock().tell(() -> "n" + (node + 1) + " exits: " + reason);
        exit.exited(node);
    }

    /** Breaks the run unless it holds; the values are asked for only then, since checks are made after each event. */
    public void require(boolean holds, String invariant, int node, Supplier<String> values) {
        if (!holds) {
            throw new InvariantViolation(invariant, node, values.get());
        }
    }

    SortedMap<String, Long> marks() {
        return marks;
    }

    void phase(Phase newPhase) {
        phase = newPhase;
    }

    void onSensitive(Sensitive listener) {
        sensitive = listener;
    }

    void onExit(Exit listener) {
        exit = listener;
    }
}
