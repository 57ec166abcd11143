package io.muster.naming.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The status codes that an HTTP health check takes for good: single ones and ranges.
 */
public final class ResponseCodes {

    private static final int RANGES_MAX = 16;
    private static final int CODE_MIN = 100;
    private static final int CODE_MAX = 599;
    private static final int CODE_CHARS = 3;

    private final List<Range> ranges;

    private record Range(int first, int last) {}

    private ResponseCodes(List<Range> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    /**
     * @throws IllegalArgumentException if no answer bears the code
     */
    public static ResponseCodes of(int code) {
        if (code < CODE_MIN || code > CODE_MAX) {
            throw new IllegalArgumentException("no status code, which is 100 to 599: " + code);
        }
        return new ResponseCodes(List.of(new Range(code, code)));
    }

    /**
     * Reads {@code 200-299,401}: at most {@value #RANGES_MAX} codes and ranges.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static ResponseCodes parse(String text) {
        List<Range> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String range = part.trim();
            int dash = range.indexOf('-');
            int first = code(dash < 0 ? range : range.substring(0, dash).trim(), text);
            int last = dash < 0 ? first : code(range.substring(dash + 1).trim(), text);
            if (first > last || ranges.size() == RANGES_MAX) {
                throw refused(text);
            }
            ranges.add(new Range(first, last));
        }
        return new ResponseCodes(ranges);
    }

    /** What the checker takes for good. */
    public static ResponseCodes of(HealthChecker.Http http) {
        return http.expectedResponseCodes().isEmpty()
                ? of(http.expectedResponseCode())
                : parse(http.expectedResponseCodes());
    }

    private static int code(String text, String all) {
        boolean digits = text.length() == CODE_CHARS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int code = digits ? Integer.parseInt(text) : -1;
        if (code < CODE_MIN || code > CODE_MAX) {
            throw refused(all);
        }
        return code;
    }

    private static IllegalArgumentException refused(String text) {
        String shown = text.length() <= 100 ? text : text.substring(0, 100) + "…";
        return new IllegalArgumentException("takes at most " + RANGES_MAX
                + " codes and ranges within 100 and 599, as in 200-299,401; current: " + shown);
    }

    public boolean contain(int code) {
        return ranges.stream().anyMatch(range -> code >= range.first() && code <= range.last());
    }
}
