package io.muster.sim.run;

import io.muster.sim.cluster.SimProcess;
import java.util.List;
import java.util.Optional;

/** One run of a {@link Subject}, on the thread of its clock. Whatever a method throws ends the run as a failure. */
public interface SubjectRun {

    /** Starts the real driver of a node on the ports of a process that has just begun; on none of its events yet. */
    void start(SimProcess process);

    /** The process of the node is dead: its objects are to be forgotten. What was asserted about the node's disk must hold on. */
    void stopped(int node);

    /** A client does something now. */
    void perform(Operation operation);

    /** Checks the node after each event that ran on it; in constant time, if it can. */
    void check(int node);

    /** Who leads as far as the subject knows; for faults that aim at the leader. */
    default Optional<Integer> leader() {
        return Optional.empty();
    }

    /** Is told before a {@code RESTART_OLD_CONFIG} or {@code RESTART_OTHER_VERSION} starts the node anew. */
    default void reconfigure(int node, FaultKind kind, long amount) {}

    /**
     * Whether a bit that flips there is one that the subject has promised to notice: a plan keeps to such, lest a node lose what it promised without a
     * word. From then on the node loses no power and no sync, which could take away what the promise rests on.
     */
    default boolean noticesRot(int node, String file, int offset) {
        return true;
    }

    /**
     * A phase begins; operations that must succeed in it are the subject's to issue.
     *
     * @param healthy the nodes that are running and connected from now on
     */
    default void begin(Phase phase, List<Integer> healthy) {}

    /** What the phase still waits for; asked ten times a virtual second in all phases but the chaos, which waits for nothing. */
    Optional<Lack> lacking(Phase phase);

    /** Final checks over everything; all processes still run. */
    void finish();
}
