/**
 * The Distro protocol as a pure state machine: {@link io.muster.distro.core.DistroCore#on} takes an input and the monotonic time, and
 * returns the effects (design §2, §5). It knows no clock, thread, lock, file or network; etcd's raft library is the model of the shape, Nacos
 * 1.4's Distro that of the roles.
 *
 * <p>What it holds it publishes in {@link io.muster.distro.core.Records}, which any thread may read, and through which any thread may
 * renew a session without a step.
 *
 * <p>Duties of the driver:
 *
 * <ol>
 *   <li>It calls {@code on} from one thread, with times that never go back.
 *   <li>It feeds the current {@link io.muster.distro.core.Input.View} before {@link io.muster.distro.core.Input.Loaded}, and every later view;
 *       no write and no tick before {@code Loaded}, which comes once.
 *   <li>It feeds a {@link io.muster.distro.core.Input.Tick} every {@link io.muster.distro.core.DistroCore#TICK_MILLIS} ms, and before each one all
 *       writes and renewals that it has received: sessions end only when received input is drained. A gap between steps of more than {@link
 *       io.muster.distro.core.LeaseLimits#standStillMillis} is taken for the whole process having stood still.
 *   <li>It passes to {@link io.muster.distro.core.Records#renew} the same monotonic time, and feeds the keys that come back as {@link
 *       io.muster.distro.core.Input.Renewed} soon.
 *   <li>It carries out the effects of a step before it feeds the next, or gathers those of a few steps, in order: the marker is begun, all
 *       listeners hear the events, then the callers get their results.
 *   <li>When {@link io.muster.distro.core.Effects#more} is set it feeds another tick soon, letting others have their turn between.
 *   <li>When {@code on} throws, it stops the engine: what the core holds is in doubt.
 * </ol>
 */
@NullMarked
package io.muster.distro.core;

import org.jspecify.annotations.NullMarked;
