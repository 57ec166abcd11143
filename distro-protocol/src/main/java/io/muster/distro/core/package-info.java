/**
 * The Distro protocol as a pure state machine: {@link io.muster.distro.core.DistroCore#on} takes an input and the monotonic time, and
 * returns the effects (design §2, §5). It knows no clock, thread, lock, file or network; etcd's raft library is the model of the shape, Nacos
 * 1.4's Distro that of the roles.
 *
 * <p>What it holds it publishes in {@link io.muster.distro.core.Records}, which any thread may read, and through which any thread may
 * renew a session without a step.
 *
 * <p>Who does what: {@code DistroCore} says what an input means for whom, and {@code PeerMessages} what a message of another member does; {@code
 * Store} what stands under each key; {@code Sessions} ends and revives; {@code Trust} and {@code Asking} judge marks of others; {@code Ring} says
 * who shares the groups, and {@code Takeover} passes leases on when that changes, also when this node leaves; {@code SyncTasks}, {@code Renewals}
 * and {@code Forwards} tell others; {@code Verify}, {@code DigestAnswers} and {@code Differences} repair; {@code Loading}, with {@code
 * SnapshotLoad}, {@code SnapshotSource}, {@code ColdStart} and {@code Absence}, decides when what this node holds is whole; {@code Inspection}
 * answers operators.
 *
 * <p>Duties of the driver:
 *
 * <ol>
 *   <li>It calls {@code on} from one thread, with times that never go back.
 *   <li>It feeds the current {@link io.muster.distro.core.Input.View} before {@link io.muster.distro.core.Input.Start}, which comes once, and
 *       every later view; no message, no write and no tick before {@code Start}. While {@link io.muster.distro.core.Counts#loaded} does not hold,
 *       which any step may end, writes are refused. It tells member health whenever that changes.
 *   <li>It feeds a {@link io.muster.distro.core.Input.Tick} every {@link io.muster.distro.core.DistroCore#TICK_MILLIS} ms, and before each one all
 *       messages, writes and renewals that it has received: sessions end only when received input is drained. A gap between steps of more than
 *       {@link io.muster.distro.core.LeaseLimits#standStillMillis} is taken for the whole process having stood still. Between ticks it feeds
 *       {@link io.muster.distro.core.Input.Wake} when the effects ask for it.
 *   <li>It passes to {@link io.muster.distro.core.Records#renew} the same monotonic time; it feeds the keys that come back as {@link
 *       io.muster.distro.core.Input.Renewed} soon, or as {@link io.muster.distro.core.Input.Heard} with the next tick.
 *   <li>It carries out the effects of a step before it feeds the next, or gathers those of a few steps, in order: the marker is begun, all
 *       listeners hear the events, then the callers get their results. Messages may go out at any time; each may be lost.
 *   <li>When {@link io.muster.distro.core.Effects#more} is set it feeds another tick soon, letting others have their turn between.
 *   <li>When {@code on} throws, it stops the engine: what the core holds is in doubt.
 * </ol>
 */
@NullMarked
package io.muster.distro.core;

import org.jspecify.annotations.NullMarked;
