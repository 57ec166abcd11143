/**
 * Drives the core: feeds it inputs in order and carries out its effects on the thread of the {@link io.muster.member.port.Time} port, which all of
 * this package runs on where it does not say otherwise. Its duties are numbered in {@code io.muster.raft.core}. It reaches the outside through the
 * ports alone.
 *
 * <p>{@link io.muster.raft.driver.RaftDriver} has the turns, and what other threads call; its parts share a {@code DriverState}. Its life is {@code Start},
 * perhaps {@code Relocation} to another cluster, and {@code Ending}. {@code Replica} is one copy of one group's log, with the effects of the
 * core carried out on storage, state and network. {@code OwnGroup} says to which cluster this node belongs, {@code GroupMembership} is founding, wish and operators.
 *
 * <p>{@code ClientRequests} are what callers wait for. Commands wait in {@code Proposals}; a
 * leader puts them into its log, anybody else passes them on by {@code Forwarding}, and a leader takes in by {@code ForwardedIntake} what was passed on.
 *
 * <p><b>Group commit.</b> While one batch is being written and synced, commands gather; when it is durable they go out together as the next one. So
 * the log takes one sync for as many commands as arrive in the time of a sync, and a lone command waits for nobody.
 */
@NullMarked
package io.muster.raft.driver;

import org.jspecify.annotations.NullMarked;
