/**
 * Whole clusters of the real engine, with its driver, storage and codecs, on one thread and a virtual clock, under faults drawn from a seed ({@code
 * spec/simulation.md} §4 to §10; {@code docs/simulation.md} tells how to run them).
 *
 * <p>{@link io.muster.raft.simulation.RaftSubject} is what the simulator runs. {@link io.muster.raft.simulation.GroupObserver} sees all nodes at once and
 * holds IR1 to IR11 and IR14; {@link io.muster.raft.simulation.Registers} holds what clients may see, IR12 and IR13; {@link
 * io.muster.raft.simulation.PlantedBug} shows that they bite. {@link io.muster.raft.simulation.ListsSubject} is the same cluster where each node goes by a list
 * of its own, which operators edit. The method is that of TigerBeetle's VOPR and of FoundationDB.
 */
package io.muster.raft.simulation;
