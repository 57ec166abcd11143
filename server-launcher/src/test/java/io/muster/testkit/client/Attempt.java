package io.muster.testkit.client;

import java.net.URI;

/**
 * One request to one node, as a history keeps it. A client that tries another node makes a second attempt of the same
 * operation; whoever checks a history takes each attempt for an operation of its own, since one whose outcome is
 * unknown may take effect after a later one.
 *
 * @param operation numbers the operations of a history
 * @param client who made it; its attempts follow one another
 * @param kind what it was to do
 * @param key what it was about
 * @param value written, or read; empty for none
 * @param node asked
 * @param invokedNanos by {@link System#nanoTime}, before the request left
 * @param completedNanos by {@link System#nanoTime}, after the answer came or was given up
 * @param detail status and body, or the error; shortened
 */
public record Attempt(
        long operation,
        String client,
        Kind kind,
        String key,
        String value,
        URI node,
        long invokedNanos,
        long completedNanos,
        Outcome outcome,
        String detail) {

    /** What operations do. */
    public enum Kind {
        REGISTER,
        BEAT,
        DEREGISTER,
        LIST,
        WRITE,
        REMOVE,
        READ_LOCAL,
        READ_LINEARIZABLE
    }
}
