/**
 * Health checks as a pure state machine (R72): which target is checked when, what a result counts, and when health flips. Knows no clock,
 * thread or socket; the driver around it ({@link io.muster.naming.check}) feeds {@link io.muster.naming.check.core.CheckCore} and carries out
 * the {@link io.muster.naming.check.core.CheckEffect}s that it drains. One thread; times are monotonic nanoseconds that never go back.
 *
 * <p>Duties of the driver:
 *
 * <ol>
 *   <li>A tick every {@link io.muster.naming.check.core.CheckCore#TICK_MILLIS} ms, each timed from the one before, so that sockets get their
 *       turn between two: a gap between ticks counts as this process having stood still.
 *   <li>Every check that is started ends by exactly one call, unless it is cancelled; what comes after that is passed over.
 *   <li>A check that could not be made is told as such, with the {@link io.muster.naming.check.core.Obstacle}, never as the target's failure.
 *   <li>Of a host that is a name it tells when the number is known: {@link io.muster.naming.check.core.CheckCore#begun}.
 * </ol>
 *
 * <p>The shape is that of etcd's raft library; the roles are those of Nacos 1.4's HealthCheckReactor, with another pace and another
 * rule for a flip (decision 0033).
 */
@NullMarked
package io.muster.naming.check.core;

import org.jspecify.annotations.NullMarked;
