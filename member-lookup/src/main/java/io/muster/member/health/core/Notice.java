package io.muster.member.health.core;

/**
 * What is worth telling people; nothing depends on it.
 *
 * @param subject the member's name or node id, or the address that it is about
 * @param text one line
 */
public record Notice(Kind kind, String subject, String text) {

    /** How much it should worry. */
    public enum Severity {
        INFO,
        WARNING,
        /** Somebody must act. */
        ALARM
    }

    /** What happened. */
    public enum Kind {
        MEMBER_UP(Severity.INFO),
        MEMBER_SUSPICIOUS(Severity.WARNING),
        MEMBER_DOWN(Severity.WARNING),
        MEMBER_RESTARTED(Severity.INFO),
        MEMBER_LEFT(Severity.INFO),
        /** A known node answers at another listed address. */
        MEMBER_MOVED(Severity.INFO),
        /** Another node answers at an address. */
        ADDRESS_TAKEN(Severity.WARNING),
        /** A member is unreachable from here, but others reach it. */
        SUSPICION_REFUTED(Severity.WARNING),
        STOOD_STILL(Severity.WARNING),
        /** X25. */
        CLOCK_SKEW(Severity.WARNING),
        /** The list names others, and nobody who turned out to be this node. */
        NOT_LISTED(Severity.WARNING),
        /** All members that answer say that their lists don't name this node. */
        LISTED_BY_NOBODY(Severity.WARNING),
        OTHER_CLUSTER(Severity.WARNING),
        LIST_TOO_LONG(Severity.WARNING),
        /** Two processes bear one node id. */
        COPIED_DIRECTORY(Severity.ALARM);

        private final Severity severity;

        Kind(Severity severity) {
            this.severity = severity;
        }

        public Severity severity() {
            return severity;
        }
    }
}
