/**
 * The process's log: one line an event on standard error, for people or as JSON, set up by code rather than by a file, since reading one would cost
 * a good part of the start's time. Belongs to the process, not to a server in it: two servers in one JVM share it.
 *
 * <p>Events are handed to a thread of their own through a bounded queue, so that a stuck terminal never holds an event loop up.
 */
@NullMarked
package io.muster.server.log;

import org.jspecify.annotations.NullMarked;
