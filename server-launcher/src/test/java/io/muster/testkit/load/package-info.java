/**
 * Load in the background of tests with real servers: beating ephemeral clients, watchers of instance lists, writers and
 * readers of persistent registers. Each is started, stopped, and then reports what it saw; a test asserts on the
 * reports.
 *
 * <p>Each load has two threads of its own for its timers, and its client's for answers, however many clients it plays.
 */
@NullMarked
package io.muster.testkit.load;

import org.jspecify.annotations.NullMarked;
