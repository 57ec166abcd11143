package io.muster.sim.run;

/**
 * Progress that is still missing: if it still is when the phase's bound is reached, the liveness invariant is broken.
 *
 * @param invariant as {@code "CatchUp"}
 * @param what is missing, with values
 */
public record Lack(String invariant, String what) {}
