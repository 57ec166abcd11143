package io.muster.naming.model;

/**
 * What a member found out about a persistent instance by checking it (R72): an ephemeral record, laid over the health
 * as registered when somebody reads. It stands only while the two differ, and its lease ends it if nobody renews it.
 * Who checked is not part of it: a member that takes the checks over finds the same, and readers must not be woken.
 *
 * @param healthy the verdict
 * @param reason for people, such as {@code refused} or {@code HTTP 503}; at most {@value #REASON_CHARS_MAX} characters
 * @param sinceWallMillis wall-clock time of the verdict at the member that came to it; 0 or more
 */
public record Health(boolean healthy, String reason, long sinceWallMillis) implements RegistryRecord {

    /** A reason stands in every copy of the record. */
    public static final int REASON_CHARS_MAX = 128;

    public Health {
        Limits.text("health reason", reason, REASON_CHARS_MAX);
        if (sinceWallMillis < 0) {
            throw new IllegalArgumentException("a verdict is not older than 1970: " + sinceWallMillis);
        }
    }

    @Override
    public Kind kind() {
        return Kind.HEALTH;
    }
}
