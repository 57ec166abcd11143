package io.muster.server.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times for people, in one zone whatever the terminal's. */
final class Times {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Times() {}

    /** @param wallMillis 0 for none */
    static String text(long wallMillis) {
        return wallMillis == 0 ? "-" : TIME.format(Instant.ofEpochMilli(wallMillis));
    }
}
