package io.muster.naming.push;

/**
 * @param host the local address that packets go out from; clients answer to it
 * @param mergeMillis {@code naming.push-delay-ms}: changes of a service within this time after a first one go out
 *     together. More saves packets, less saves time; clients are to be told within 200 ms (R71)
 */
public record PushSettings(String host, long mergeMillis) {

    public static final long MERGE_MILLIS_DEFAULT = 50;

    public PushSettings {
        if (mergeMillis < 1 || mergeMillis > 10_000) {
            throw new IllegalArgumentException("naming.push-delay-ms must be within 1 and 10000, is " + mergeMillis);
        }
    }
}
