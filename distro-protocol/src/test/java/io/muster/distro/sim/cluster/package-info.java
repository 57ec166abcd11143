/**
 * The engine of many members under the simulator: real drivers, cores and codecs over simulated networks, with the workload {@code ApInstances}
 * and the invariants ID1 to ID12 of the simulation spec.
 */
package io.muster.distro.sim.cluster;
