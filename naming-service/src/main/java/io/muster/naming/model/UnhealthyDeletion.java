package io.muster.naming.model;

import java.util.Optional;
import java.util.OptionalLong;

/** What the metadata of a cluster says of how long its instances may be unhealthy before they are deleted; overrides the server's setting. */
public final class UnhealthyDeletion {

    /** In milliseconds; 0 is never. */
    public static final String KEY = "preserved.unhealthy.delete.timeout";

    /** A shorter time would delete what a restart makes unhealthy. */
    public static final long MILLIS_MIN = 60_000;

    private static final int DIGITS_MAX = 15;

    private UnhealthyDeletion() {}

    /**
     * @return empty if it says nothing
     * @throws IllegalArgumentException if what it says is no such time
     */
    public static OptionalLong millis(Metadata metadata) {
        Optional<String> said = metadata.get(KEY);
        if (said.isEmpty()) {
            return OptionalLong.empty();
        }
        String text = said.get().trim();
        boolean digits =
                !text.isEmpty() && text.length() <= DIGITS_MAX && text.chars().allMatch(c -> c >= '0' && c <= '9');
        long millis = digits ? Long.parseLong(text) : -1;
        if (millis != 0 && millis < MILLIS_MIN) {
            throw new IllegalArgumentException(
                    KEY + " must be milliseconds, 0 for never or at least " + MILLIS_MIN + ", is '" + text + "'");
        }
        return OptionalLong.of(millis);
    }
}
