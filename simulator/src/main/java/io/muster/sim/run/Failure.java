package io.muster.sim.run;

/**
 * How a run failed.
 *
 * @param invariant the one that does not hold; {@code NoCrash/…} with the exception's type for what nobody caught
 * @param node where it shows, or {@link InvariantViolation#NO_NODE}
 * @param phase in which it showed
 * @param atNanos of virtual time
 */
public record Failure(String invariant, int node, Phase phase, long atNanos, Throwable cause) {}
