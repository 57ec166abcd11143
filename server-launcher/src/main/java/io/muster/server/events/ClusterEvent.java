package io.muster.server.events;

/**
 * Something that happened to the cluster, as this node saw it.
 *
 * @param id counts from 1 in this process, without gaps
 * @param wallMillis when
 * @param kind one of {@link Kind}, or of {@link io.muster.member.health.core.Notice.Kind}
 * @param subject the member, address, source or mode that it is about
 * @param text one line for people
 */
public record ClusterEvent(long id, long wallMillis, String kind, String subject, String text) {

    /** What is told beside the notices of member health. */
    public enum Kind {
        /** Another member leads the Raft group, or none does. */
        LEADER_CHANGED,
        /** A later format is in force, since all members read it: from now on it is written, and earlier builds can't come back (R32). */
        FORMAT_RAISED,
        /** The lookup gave another list, which is the wish from now on. */
        LIST_TAKEN,
        /** The lookup's source gave no good list; the last one stays in force. */
        LIST_REFUSED,
        /** Another lookup is in force. */
        LOOKUP_SWITCHED,
        /** An engine of this server has stopped itself, see the log; the rest goes on. */
        ENGINE_STOPPED
    }
}
