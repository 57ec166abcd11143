/**
 * The engine's own state machine: keys and their data, changed by batches whose conditions are decided when they are applied, with a table of
 * the requests that were applied lately (design §4). It runs on the engine's thread; its map is read from any thread. Knows the
 * consistency abstraction and the {@link io.muster.raft.StateMachine} that it is, and neither the log nor the disk.
 */
@NullMarked
package io.muster.raft.datum;

import org.jspecify.annotations.NullMarked;
