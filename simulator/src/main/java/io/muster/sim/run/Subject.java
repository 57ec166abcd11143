package io.muster.sim.run;

import io.muster.sim.net.SimNetwork.Routing;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * What is simulated: an engine with its workload and its invariants. It draws its part of a plan, and begins runs that share nothing with one
 * another; long runs call it from several threads at once.
 */
public interface Subject {

    /** Part of file names and reports. */
    String name();

    /** Fewest nodes that it can run with. */
    default int nodesMin() {
        return 1;
    }

    default int nodesMax() {
        return 7;
    }

    Routing routing();

    /** The faults that it must stand; each seed draws from a random part of them. */
    Set<FaultKind> faultKinds();

    /** The names that its runs give to {@link SimRun#sensitive}; empty where nothing is. */
    List<String> sensitivePoints();

    /** The marks that a long run must have hit, all of them. */
    List<String> requiredMarks();

    /** Draws the settings of one run, from wide ranges, each by itself: one safety device masks another. */
    SortedMap<String, Long> drawKnobs(int nodes, RandomGenerator random);

    /** Draws what clients do during the chaos. */
    List<Operation> drawOperations(int nodes, PlanShape shape, RandomGenerator random);

    /** Begins a run; no process runs yet. */
    SubjectRun begin(SimRun run);
}
