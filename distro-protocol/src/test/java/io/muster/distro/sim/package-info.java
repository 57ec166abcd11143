/**
 * Seeded runs of one server's Distro engine over simulated ports, with crashes, pauses, clock jumps and a failing disk, among clients that
 * register, beat, deregister and die (simulation spec §3 to §6, §10). One seed fixes the whole run.
 */
package io.muster.distro.sim;
