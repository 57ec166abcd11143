package io.muster.raft.core.log;

import io.muster.raft.core.membership.Configuration;

/** What a log entry carries. */
public sealed interface Payload {

    /** Nothing: it starts a leader's term, since a leader commits older entries only by one of its own (Raft paper §8). */
    record Noop() implements Payload {}

    /** Who the group is, from this entry on, committed or not (dissertation §4.1). */
    record Members(Configuration configuration) implements Payload {}

    /**
     * A command for the state machine.
     *
     * @param bytes not to be changed
     */
    // The array is handed through without a copy: it is the bulk of all that is written, and its owner gives it away.
    @SuppressWarnings("ArrayRecordComponent")
    record Command(byte[] bytes) implements Payload {}
}
