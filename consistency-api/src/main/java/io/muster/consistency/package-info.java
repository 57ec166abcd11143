/**
 * The one consistency abstraction of the registry (requirement R1): callers put, remove, read and listen by {@link
 * io.muster.consistency.Key}, and the key alone decides which engine serves them.
 *
 * <p>Knows nothing of services, members, threads or transports. Every type here is an immutable value or an interface; no Vert.x
 * type shows. Asynchronous results are {@link java.util.concurrent.CompletionStage}s that fail with a {@link
 * io.muster.consistency.ConsistencyException} and nothing else.
 */
@NullMarked
package io.muster.consistency;

import org.jspecify.annotations.NullMarked;
