/**
 * The network between simulated nodes: the {@code Net} of each lane and the {@code PeerLinks} of a process, bound to links that lose, delay,
 * double, reorder, hold and damage frames as told, in each direction apart ({@code spec/simulation.md} §3, "Network").
 *
 * <p>It knows hosts, addresses and processes by number and node id, and no protocol. All of it runs on the one thread of the {@link
 * io.muster.sim.VirtualTime}; what reaches a process runs as an event of that process. The model is TigerBeetle's packet simulator.
 */
@NullMarked
package io.muster.sim.net;

import org.jspecify.annotations.NullMarked;
