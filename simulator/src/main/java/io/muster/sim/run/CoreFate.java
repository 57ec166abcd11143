package io.muster.sim.run;

/** What befalls the nodes outside the core while it must make progress. */
public enum CoreFate {
    DEAD,
    PAUSED,
    /** Cut off in both directions. */
    CUT,
    /** They hear nothing; what they send arrives. */
    DEAF,
    /** They hear all; what they send is lost. */
    MUTE
}
