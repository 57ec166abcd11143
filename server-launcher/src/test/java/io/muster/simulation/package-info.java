/**
 * Joint runs under the simulator: the ephemeral engine with the registry, its lists and its push on top, as clients see them (simulation spec §4, workloads {@code
 * Subscribers} and {@code Operators}; ID8, ID11, IX3). One thread, virtual time; no leader anywhere, since ephemeral data needs none (X10).
 */
package io.muster.simulation;
