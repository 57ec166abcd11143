/**
 * The protocol: a deterministic machine. An {@link io.muster.raft.core.Input} and the time go in, {@link io.muster.raft.core.Effect}s come
 * out (Raft paper, Figure 2; dissertation; the shape is that of etcd's raft library). No I/O, no thread, no clock and no chance that was not
 * handed in; whoever drives it calls on one thread.
 *
 * <p>{@link io.muster.raft.core.RaftCore} is the role machine; its parts share a {@code CoreState}. {@code RoleState} says who leads, {@code Elections} is standing and
 * voting, {@code Followership} and {@code IncomingSnapshot} are what a leader's word means to others, {@code Leadership} is the leader's side of one
 * term. {@link io.muster.raft.core.Rules} are the questions on which safety hangs, one method each. Pure parts stand in packages below: quorum, progress,
 * membership, snapshot, digest; and beside the role machine, with inputs of their own, founding and wish.
 *
 * <h2>Duties of the driver</h2>
 *
 * <ol>
 *   <li>Feed {@link io.muster.raft.core.Input.Start} first and once, with what storage restored.
 *   <li>Carry out the effects of one input in their order, before the next input. What an effect asks to be fed comes after that.
 *   <li>Make each {@link io.muster.raft.core.Effect.Persist} durable in the order of their ids. Several may share one write and one sync; then
 *       feed {@link io.muster.raft.core.Input.Persisted} with the last id. Never feed an id whose sync has not succeeded. A failed sync ends
 *       the node.
 *   <li>Hold a {@link io.muster.raft.core.Effect.Send} until the Persist it names is durable: a vote stands on the stored vote, the
 *       acknowledgement of entries on the stored entries (R11). Messages may be lost, late or doubled; those to one peer should keep their order.
 *   <li>Send a {@link io.muster.raft.core.Effect.Replicate} at once, beside the local write: it stands on the stored term alone, and the leader
 *       counts itself only when its own write is durable (R18). Then feed {@link io.muster.raft.core.Input.Sent}, also where entries had to be read from
 *       disk first, and where nothing could be sent; the next Replicate to that member comes only then.
 *   <li>On {@link io.muster.raft.core.Effect.Commit} apply the entries in order, each once, before anything that follows in the list. Acknowledge
 *       a write only then. At each index that {@code StateDigest.EVERY} divides, feed {@link io.muster.raft.core.Input.DigestTaken}.
 *   <li>On {@link io.muster.raft.core.Effect.Discarded} forget the unapplied entries from that index on; who proposed them is told "unknown". Say
 *       and count what was lost (R29).
 *   <li>Feed {@link io.muster.raft.core.Input.Tick} when {@link io.muster.raft.core.Effect.WakeAt} says so.
 *   <li>When a snapshot is durable, feed {@link io.muster.raft.core.Input.SnapshotSaved}; delete log entries only then, and keep some behind it. Take
 *       none while one is being received or loaded. A snapshot that is being sent ({@code followers()} in SNAPSHOT) should be kept until it has arrived, or
 *       a slow follower never gets one.
 *   <li>On {@link io.muster.raft.core.Effect.SendChunk} send that piece of that snapshot and feed {@link io.muster.raft.core.Input.ChunkSent}, or feed {@link
 *       io.muster.raft.core.Input.SnapshotUnavailable}; the next SendChunk to that member comes only then.
 *   <li>On {@link io.muster.raft.core.Effect.StoreChunk} store the piece and feed {@link io.muster.raft.core.Input.ChunkStored} or {@link
 *       io.muster.raft.core.Input.ChunkRefused}, each piece in the order of the ids, and DropChunks in its turn between them; ChunkStored of the last piece says that the whole snapshot is sound, durable and has its name.
 *   <li>On {@link io.muster.raft.core.Effect.LoadSnapshot} make it the state, tell listeners the difference in order (R19), cut the log as it says, durably,
 *       and feed {@link io.muster.raft.core.Input.SnapshotLoaded}. Until then there is no Commit, and no Persist with entries.
 *   <li>{@link io.muster.raft.core.Effect.ReadAt} on a follower may name an index that is not applied yet: serve the read when it is.
 *   <li>Propose only while {@link io.muster.raft.core.RaftCore#takesProposals} holds; keep the queue while it does not and this node leads: it hands
 *       leadership over for at most an election timeout, or the group still lacks voters after its founding.
 *   <li>On {@link io.muster.raft.core.Effect.DigestJudged} REPAIR or STEP_DOWN_AND_REPAIR fetch what differs from the leader, then feed DigestTaken of the
 *       result; on ALARM say so loudly and count; on STOP_READS refuse reads of persistent data until AGREES.
 *   <li>On {@link io.muster.raft.core.Effect.Overruled} stop the engine, and set aside what it has stored.
 *   <li>Drop messages of another cluster before they come here. Feed messages only of senders that the channel has proven.
 *   <li>Stop the engine on {@link io.muster.raft.InvariantBroken}; the machine is not to be used after it threw.
 * </ol>
 */
@NullMarked
package io.muster.raft.core;

import org.jspecify.annotations.NullMarked;
