/**
 * Simulates health checks and operators' words over several members: the real checks but for their sockets, the real registry and the real ephemeral
 * engine, on machines that die, pause, starve and are cut off. The persistent engine, which has simulations of its own, is a model here.
 */
@NullMarked
package io.muster.simulation.health;

import org.jspecify.annotations.NullMarked;
