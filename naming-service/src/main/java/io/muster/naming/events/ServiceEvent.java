package io.muster.naming.events;

/**
 * One step in the life of an instance, as this node learned of it.
 *
 * @param id grows with every event of this process, of whatever service
 * @param wallMillis when
 * @param keyGroup the service, as {@link io.muster.naming.model.ServiceName#keyGroup()} writes it
 * @param instance {@code ip:port:cluster}
 * @param ephemeral which kind of instance bears that name
 * @param by the member that decided it: its node id in 32 hex digits; empty where none is named
 * @param detail one line for people; may be empty
 */
public record ServiceEvent(
        long id,
        long wallMillis,
        String keyGroup,
        String instance,
        boolean ephemeral,
        Kind kind,
        Cause cause,
        String by,
        String detail) {

    /** What happened. */
    public enum Kind {
        REGISTERED,
        /** It is described otherwise than before. */
        CHANGED,
        UNHEALTHY,
        HEALTHY,
        REMOVED,
        /** An operator's word lies on it from now on, or another one. */
        OVERLAID,
        OVERLAY_REMOVED
    }

    /** Why. */
    public enum Cause {
        /** Its own client said so. */
        CLIENT,
        /** An operator said so; the audit names him. */
        OPERATOR,
        /** Somebody wrote to it, its client or an admin; the audit names admins. */
        REQUEST,
        /** Its client renews its session no more, or does so again. */
        SESSION,
        /** Its session ended: nobody renewed it in time. */
        EXPIRED,
        /** The server asked it itself. */
        HEALTH_CHECK,
        /** The server's own housekeeping. */
        HOUSEKEEPING,
        /** Not known: it happened while this node was away, which found it so when it caught up. */
        WHILE_AWAY
    }
}
