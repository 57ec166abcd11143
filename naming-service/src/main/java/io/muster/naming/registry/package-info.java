/**
 * The registry itself: what it knows ({@link io.muster.naming.registry.ServiceIndex}) and what may be asked of it
 * ({@link io.muster.naming.registry.Registry}). The meaning of every operation lives here, not in HTTP handlers: a
 * second protocol gets the same registry.
 *
 * <p>Writes go to the consistency service and nowhere else; the index is fed by its listeners and nothing else, so that
 * a node knows what the engines told it, whoever wrote it (design §7). Knows consistency keys and records; knows no
 * HTTP, JSON or Vert.x.
 *
 * <p>Threads: operations may be called from any thread and never block. Stages complete on whatever thread the engine
 * completes them on. Listeners of the index run on the engines' threads. Locks are held for the moment in which one
 * service's array changes or is copied, and never across a callback. What the registry does by itself, storing words
 * that are pending and the jobs of the leader, runs on the timer's threads, a slice at a time.
 *
 * <p>Errors: what is wrong with the arguments is thrown at once as an {@link java.lang.IllegalArgumentException}; a
 * returned stage fails with a {@link io.muster.naming.registry.RegistryException} or a
 * {@link io.muster.consistency.ConsistencyException} and nothing else (perhaps wrapped in a
 * {@link java.util.concurrent.CompletionException}).
 */
@NullMarked
package io.muster.naming.registry;

import org.jspecify.annotations.NullMarked;
