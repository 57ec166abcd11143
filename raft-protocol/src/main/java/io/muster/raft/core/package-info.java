/**
 * The protocol: a deterministic machine. An {@link io.muster.raft.core.Input} and the time go in, {@link io.muster.raft.core.Effect}s come
 * out (Raft paper, Figure 2; the shape is that of etcd's raft library). No I/O, no thread, no clock and no chance that was not handed in;
 * whoever drives it calls on one thread.
 *
 * <h2>Duties of the driver</h2>
 *
 * <ol>
 *   <li>Feed {@link io.muster.raft.core.Input.Start} first and once, with what storage restored.
 *   <li>Carry out the effects of one input in their order, before the next input.
 *   <li>Make each {@link io.muster.raft.core.Effect.Persist} durable in the order of their ids. Several may share one write and one sync; then
 *       feed {@link io.muster.raft.core.Input.Persisted} with the last id. Never feed an id whose sync has not succeeded. A failed sync ends
 *       the node.
 *   <li>Hold a {@link io.muster.raft.core.Effect.Send} until the Persist it names is durable: a vote stands on the stored vote, the
 *       acknowledgement of entries on the stored entries (R11). Messages may be lost, late or doubled; those to one peer should keep their order.
 *   <li>Send a {@link io.muster.raft.core.Effect.Replicate} at once, beside the local write: it stands on the stored term alone, and the leader
 *       counts itself only when its own write is durable (R18).
 *   <li>On {@link io.muster.raft.core.Effect.Commit} apply the entries in order, each once, before anything that follows in the list. Acknowledge
 *       a write only then.
 *   <li>On {@link io.muster.raft.core.Effect.Discarded} forget the unapplied entries from that index on; who proposed them is told "unknown".
 *   <li>Feed {@link io.muster.raft.core.Input.Tick} when {@link io.muster.raft.core.Effect.WakeAt} says so.
 *   <li>When a snapshot is durable, feed {@link io.muster.raft.core.Input.SnapshotSaved}; delete log entries only then.
 *   <li>Stop the engine on {@link io.muster.raft.InvariantBroken}; the machine is not to be used after it threw.
 * </ol>
 */
@NullMarked
package io.muster.raft.core;

import org.jspecify.annotations.NullMarked;
