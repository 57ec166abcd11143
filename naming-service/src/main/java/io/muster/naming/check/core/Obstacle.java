package io.muster.naming.check.core;

/** Why a check could not be made; none says anything certain of the target. */
public enum Obstacle {

    /** This machine lacks files, ports or memory. That befalls all checks alike, so there are fewer of them for a while. */
    SHORTAGE,

    /** No network leads there. The target's fault only while others answer. */
    NO_ROUTE,

    /** It concerns this target and no other: a name that does not resolve, a checker that can't be carried out. */
    TARGETS_OWN
}
