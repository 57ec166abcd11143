package io.muster.member.health;

import io.muster.member.NodeId;

/**
 * Where member health tells its figures. Implementations must be quick and must not throw; all calls come from the driver's thread. States,
 * smoothed round trips, clock skews and counters are read from {@link HealthDriver#status} instead.
 */
public interface HealthMetrics {

    /** For whoever does not measure. */
    HealthMetrics NONE = new HealthMetrics() {};

    /** A member answered a probe after so long. */
    default void roundTrip(NodeId peer, long nanos) {}

    /** An inbound frame was malformed, and dropped. */
    default void frameRefused() {}

    /** Something threw in a step, a listener perhaps; the log tells what, and the step's other effects were carried out. */
    default void stepFailed() {}
}
