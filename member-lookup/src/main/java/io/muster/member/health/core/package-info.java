/**
 * Who is alive, as a pure state machine: {@link io.muster.member.health.core.MemberHealth#on} takes an input and the moment, and returns the
 * effects (design §2, §6). It knows no clock, thread, socket or log. Probing and asking others before judging come from SWIM (Das, Gupta and
 * Motivala, 2002) as Lifeguard and hashicorp/memberlist refined it; unlike there, everybody probes everybody, since clusters are small, and
 * nothing is believed by gossip but that somebody else got an answer.
 *
 * <p>The states of a node found at a listed address:
 *
 * <pre>
 *                first answer                   suspiciousAfter misses
 *   STARTING ───────────────────▶ UP ◀──────────────────────────────▶ SUSPICIOUS
 *      │  ▲                       ▲        upAfter answers in a row       │  ▲
 *      │  │ new run id            │ upAfter answers in a row              │  │ others reach it
 *      │  └── from any state      │                                       ▼  │ (upAfter rounds)
 *      └───────────────────────▶ DOWN ◀──────── downAfter misses, and nobody asked reaches it; or it left
 * </pre>
 *
 * <p>A node that only others reach begins SUSPICIOUS. DOWN from UP straight away is only one that left or belongs to another cluster.
 *
 * <p>Duties of the driver:
 *
 * <ol>
 *   <li>It calls {@code on} from one thread, with monotonic times that never go back.
 *   <li>It feeds a {@link io.muster.member.health.core.Input.Tick} every {@link io.muster.member.health.core.HealthTiming#tickNanos}. A much longer
 *       gap between steps is taken for the whole process having stood still.
 *   <li>It carries out the effects of a step, in order, before it feeds the next.
 * </ol>
 */
@NullMarked
package io.muster.member.health.core;

import org.jspecify.annotations.NullMarked;
