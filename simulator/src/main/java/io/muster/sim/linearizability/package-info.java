/**
 * Checkers of what clients saw: {@link io.muster.sim.linearizability.LinearizabilityChecker} for linearizable
 * operations, {@link io.muster.sim.linearizability.StaleReads} for reads that may lag (invariant IR12). {@link
 * io.muster.sim.linearizability.HistoryRecorder} gathers a history, in simulation and from real processes alike.
 *
 * <p>Knows no engine, no port and no clock: times are handed in. Everything but the recorder and {@link
 * io.muster.sim.linearizability.KeyRotation} belongs to one thread.
 *
 * <p>The search is that of J. M. Wing and C. Gong, "Testing and Verifying Concurrent Objects" (1993), with the memo of
 * G. Lowe, "Testing for linearizability" (2017), and the split by key of A. Horn and D. Kroening, "Faster
 * linearizability checking via P-compositionality" (2015).
 */
@NullMarked
package io.muster.sim.linearizability;

import org.jspecify.annotations.NullMarked;
