/**
 * Whole simulated runs: a {@link io.muster.sim.run.Plan} drawn from a seed, carried out on a {@link io.muster.sim.cluster.SimCluster} against
 * a {@link io.muster.sim.run.Subject} through the phases chaos, core, heal and drain; replay, shrinking, coverage marks, kill matrix and
 * long runs ({@code spec/simulation.md} §2, §3, §6, §8–§11; {@code docs/simulation.md} tells how to use it).
 *
 * <p>It knows no engine: a subject is written in the tests of the module that it exercises. A run stays on the thread that runs it; a long
 * run has one run for each thread at a time, and they share nothing. The model is TigerBeetle's VOPR; shrinking is Zeller's ddmin.
 */
@NullMarked
package io.muster.sim.run;

import org.jspecify.annotations.NullMarked;
