package io.muster.naming.check;

import io.muster.naming.model.UnhealthyDeletion;

/**
 * What a server is told of health checks when it starts; the rest is switches.
 *
 * @param perSecondMax checks that one member starts in a second, of all targets together
 * @param timeoutMillis of a TCP check; HTTP gets twice and MySQL four times as long
 * @param deleteAfterMillis how long an instance may be unhealthy before it is deleted; 0 for ever
 * @param leaseMillis how long a verdict stands that nobody renews
 * @param silenceHeldMillis how long it may take this member to learn that it is cut off
 */
public record CheckConfig(
        int perSecondMax, long timeoutMillis, long deleteAfterMillis, long leaseMillis, long silenceHeldMillis) {

    /** A shorter one would delete what a restart makes unhealthy. */
    public static final long DELETE_AFTER_MILLIS_MIN = UnhealthyDeletion.MILLIS_MIN;

    /** Longer than any member is away that comes back. */
    public static final long LEASE_MILLIS = 900_000;

    /** By the standard pace of members' probes: two that fail, a second apart, and some air. */
    public static final long SILENCE_HELD_MILLIS = 3_500;

    public CheckConfig {
        if (perSecondMax < 1 || timeoutMillis < 1 || leaseMillis < 1) {
            throw new IllegalArgumentException("must be positive: perSecondMax " + perSecondMax + ", timeoutMillis "
                    + timeoutMillis + ", leaseMillis " + leaseMillis);
        }
        if (deleteAfterMillis != 0 && deleteAfterMillis < DELETE_AFTER_MILLIS_MIN) {
            throw new IllegalArgumentException(
                    "deleteAfterMillis must be 0 or at least " + DELETE_AFTER_MILLIS_MIN + ", is " + deleteAfterMillis);
        }
    }

    /** With the standard pace of members' probes. */
    public CheckConfig(int perSecondMax, long timeoutMillis, long deleteAfterMillis, long leaseMillis) {
        this(perSecondMax, timeoutMillis, deleteAfterMillis, leaseMillis, SILENCE_HELD_MILLIS);
    }
}
