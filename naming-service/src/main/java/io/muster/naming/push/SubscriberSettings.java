package io.muster.naming.push;

/**
 * @param expiryMillis how long a subscriber lives without a new list call. Clients of an empty service back off to 60 s
 *     between polls, so less than 90 s loses them their first instance
 * @param subscribersMax in all
 * @param subscribersPerHostMax of one address: nobody can make the server flood another, or fill it (X23)
 */
public record SubscriberSettings(long expiryMillis, int subscribersMax, int subscribersPerHostMax) {

    public static final long EXPIRY_MILLIS_MIN = 90_000;

    public static final SubscriberSettings STANDARD = new SubscriberSettings(120_000, 200_000, 10_000);

    public SubscriberSettings {
        if (expiryMillis < EXPIRY_MILLIS_MIN || subscribersMax < 1 || subscribersPerHostMax < 1) {
            throw new IllegalArgumentException("subscriber settings: expiry " + expiryMillis + " ms (at least "
                    + EXPIRY_MILLIS_MIN + "), at most " + subscribersMax + " in all and " + subscribersPerHostMax
                    + " of one address");
        }
    }
}
