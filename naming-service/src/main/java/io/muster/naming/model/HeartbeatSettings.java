package io.muster.naming.model;

import io.muster.consistency.Lease;
import java.util.Optional;

/**
 * How often an instance beats and how long it lives without beats.
 *
 * <p>Taken from the instance's {@code preserved.*} metadata, else its service's, else its namespace's, else the
 * server's (X18). A service or namespace with {@code preserved.lease.lock=true} locks the client's word out. Only plain
 * digits count, as in Nacos; text of digits that no 64-bit number holds is refused, since Nacos lets it stop the expiry
 * of the whole service. Times are clamped to sane bounds (R45).
 *
 * @param intervalMillis between two beats
 * @param unhealthyAfterMillis without a beat
 * @param removeAfterMillis without a beat
 */
public record HeartbeatSettings(long intervalMillis, long unhealthyAfterMillis, long removeAfterMillis) {

    public static final String INTERVAL_KEY = "preserved.heart.beat.interval";
    public static final String UNHEALTHY_KEY = "preserved.heart.beat.timeout";
    public static final String REMOVE_KEY = "preserved.ip.delete.timeout";
    public static final String LOCK_KEY = "preserved.lease.lock";

    /** Below that a pause of a garbage collector costs instances. */
    public static final long TIMEOUT_MILLIS_MIN = 1_000;

    /** Below that beats alone would load the server. */
    public static final long INTERVAL_MILLIS_MIN = 500;

    /**
     * What applies where an instance says nothing.
     *
     * @param leaseMaxMillis times above are clamped to it
     */
    public record Defaults(
            long intervalMillis, long unhealthyAfterMillis, long removeAfterMillis, long leaseMaxMillis) {

        /** The defaults of Nacos, and one hour at most. */
        public static final Defaults STANDARD = new Defaults(5_000, 15_000, 30_000, 3_600_000);

        public Defaults {
            boolean sane = intervalMillis >= INTERVAL_MILLIS_MIN
                    && unhealthyAfterMillis >= TIMEOUT_MILLIS_MIN
                    && removeAfterMillis >= TIMEOUT_MILLIS_MIN
                    && leaseMaxMillis >= Math.max(unhealthyAfterMillis, removeAfterMillis);
            if (!sane) {
                throw new IllegalArgumentException("heartbeat defaults: interval " + intervalMillis + " ms (at least "
                        + INTERVAL_MILLIS_MIN + "), unhealthy after " + unhealthyAfterMillis + " ms, removed after "
                        + removeAfterMillis + " ms (each at least " + TIMEOUT_MILLIS_MIN + " and at most the maximum, "
                        + leaseMaxMillis + ")");
            }
        }
    }

    /**
     * @param instance the instance's own metadata, with what an operator laid over it
     * @param service the metadata of its service
     * @param namespace the metadata of its namespace
     */
    public static HeartbeatSettings of(Metadata instance, Metadata service, Metadata namespace, Defaults defaults) {
        boolean locked = isLock(service) || isLock(namespace);
        Metadata own = locked ? Metadata.EMPTY : instance;
        if (own.isEmpty() && service.isEmpty() && namespace.isEmpty()) {
            return new HeartbeatSettings(
                    defaults.intervalMillis, defaults.unhealthyAfterMillis, defaults.removeAfterMillis);
        }
        return new HeartbeatSettings(
                millis(INTERVAL_KEY, INTERVAL_MILLIS_MIN, defaults.intervalMillis, defaults, own, service, namespace),
                millis(
                        UNHEALTHY_KEY,
                        TIMEOUT_MILLIS_MIN,
                        defaults.unhealthyAfterMillis,
                        defaults,
                        own,
                        service,
                        namespace),
                millis(REMOVE_KEY, TIMEOUT_MILLIS_MIN, defaults.removeAfterMillis, defaults, own, service, namespace));
    }

    /**
     * @throws IllegalArgumentException if one of the keys holds more digits than a 64-bit number has
     */
    public static void requireReadable(Metadata metadata) {
        if (!metadata.isEmpty()) {
            digits(metadata, INTERVAL_KEY);
            digits(metadata, UNHEALTHY_KEY);
            digits(metadata, REMOVE_KEY);
        }
    }

    public Lease lease() {
        return new Lease(unhealthyAfterMillis, removeAfterMillis);
    }

    private static boolean isLock(Metadata metadata) {
        return !metadata.isEmpty()
                && metadata.get(LOCK_KEY).filter(Boolean::parseBoolean).isPresent();
    }

    private static long millis(String key, long min, long fallback, Defaults defaults, Metadata... inOrder) {
        for (Metadata metadata : inOrder) {
            Optional<Long> given = digits(metadata, key);
            if (given.isPresent()) {
                return Math.max(min, Math.min(defaults.leaseMaxMillis, given.get()));
            }
        }
        return fallback;
    }

    private static Optional<Long> digits(Metadata metadata, String key) {
        return metadata.get(key).filter(HeartbeatSettings::isDigits).map(text -> parse(key, text));
    }

    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static Long parse(String key, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("metadata '" + key + "' is no 64-bit number of milliseconds: "
                    + (text.length() > 32 ? text.substring(0, 32) + "…" : text));
        }
    }
}
