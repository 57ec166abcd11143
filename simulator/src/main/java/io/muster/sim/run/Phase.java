package io.muster.sim.run;

/** The parts of a run, in order ({@code spec/simulation.md} §3, "Phases"). */
public enum Phase {
    /** Faults and client operations: nothing wrong may happen. */
    CHAOS,
    /** A majority with its data intact is healthy, all others are gone: the core must make progress. */
    CORE,
    /** All are healthy: everybody must converge. */
    HEAL,
    /** No client asks for anything more: what is under way ends, and final checks are made. */
    DRAIN
}
