/**
 * Cluster events (X26): what happened to members, lookup and leader, the latest of it kept in memory for operators. Knows nothing of who tells them
 * nor of how they are shown; any thread.
 */
@NullMarked
package io.muster.server.events;

import org.jspecify.annotations.NullMarked;
