/**
 * The deterministic simulation kit: the five ports of {@code io.muster.member.port} bound to virtual time, seeded chance, a disk in memory
 * and scripted members. It knows neither engine; engines use it in test scope.
 *
 * <p>Everything runs on the thread that made the {@link io.muster.sim.VirtualTime}; a run is a function of its seed, and the rolling hash
 * of what happened ({@link io.muster.sim.TraceHash}) says so (invariant IX1). The model is TigerBeetle's VOPR.
 */
@NullMarked
package io.muster.sim;

import org.jspecify.annotations.NullMarked;
