/**
 * The words of the CP engine's public face: its configuration, status, metrics, failures and the state machine that it drives (requirement R20).
 *
 * <p>Everything here is an immutable value or an interface, for any thread. The package knows no other package of the engine, and all of them
 * may know it; the engine itself, {@code io.muster.raft.engine.RaftEngine}, stands on top of all.
 */
@NullMarked
package io.muster.raft;

import org.jspecify.annotations.NullMarked;
