/**
 * Service events (X21): the steps in the lives of instances as this node learned of them, each with its cause, the latest of them
 * kept in memory for operators, all of those that take an instance out of clients' sight also as lines of the log.
 *
 * <p>Made by comparing what the engines apply with what stood before; knows consistency keys and records, nothing of the
 * registry that hands them in nor of how they are shown. Runs on the engines' threads, where it must return at once;
 * read by any.
 */
@NullMarked
package io.muster.naming.events;

import org.jspecify.annotations.NullMarked;
