package io.muster.naming.model;

/**
 * Bounds on what a client may store, each with its reason. They hold where a value is built, so that nothing beyond
 * them can reach an engine, a list or a peer; the refusal is an {@link IllegalArgumentException} that names the
 * parameter.
 */
public final class Limits {

    /**
     * Names go into keys (bounded by the engines) and into every list entry. Nacos 2.x checks the same five figures.
     */
    public static final int SERVICE_NAME_CHARS_MAX = 512;

    public static final int GROUP_CHARS_MAX = 128;

    public static final int NAMESPACE_CHARS_MAX = 128;

    public static final int CLUSTER_CHARS_MAX = 64;

    public static final int APP_CHARS_MAX = 128;

    /** The longest name that DNS allows; an IPv6 literal is shorter. */
    public static final int HOST_CHARS_MAX = 253;

    /** One metadata value, in UTF-8: what Nacos 2.x practice allows, so that a list of thousands still fits a poll. */
    public static final int METADATA_VALUE_BYTES_MAX = 1024;

    /** One metadata key, in UTF-8. */
    public static final int METADATA_KEY_BYTES_MAX = 256;

    public static final int METADATA_ENTRIES_MAX = 256;

    /**
     * All keys and values of one metadata map, in UTF-8: one instance must always fit one peer frame and one log entry.
     */
    public static final int METADATA_BYTES_MAX = 16 * 1024;

    /** Free text of an admin (descriptions, selector expressions, health check paths and headers), in characters. */
    public static final int TEXT_CHARS_MAX = 4096;

    public static final int PORT_MAX = 65_535;

    public static final double WEIGHT_MAX = 10_000.0;

    /** A weight above 0 counts at least this much: clients draw by weight in hundredths. */
    public static final double WEIGHT_POSITIVE_MIN = 0.01;

    private Limits() {}

    static String text(String what, String value, int charsMax) {
        if (value.length() > charsMax) {
            throw new IllegalArgumentException(
                    what + " is too long: " + value.length() + " characters, at most " + charsMax + " are allowed");
        }
        return wellFormed(what, value);
    }

    /** Half a surrogate pair has no UTF-8 form: what was stored would not be what is read back. */
    static String wellFormed(String what, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new IllegalArgumentException(what + " holds half a surrogate pair at character " + i);
            }
        }
        return value;
    }
}
