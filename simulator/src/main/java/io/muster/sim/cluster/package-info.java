/**
 * Simulated machines and clusters of them: a disk and an identity that outlive processes, the ports of each process, and the faults of
 * process and clock ({@code spec/simulation.md} §3, "Process"). What runs on a machine is the subject's business; this package knows none.
 *
 * <p>One thread, that of the {@link io.muster.sim.VirtualTime}.
 */
@NullMarked
package io.muster.sim.cluster;

import org.jspecify.annotations.NullMarked;
