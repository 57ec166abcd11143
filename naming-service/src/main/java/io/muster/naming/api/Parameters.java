package io.muster.naming.api;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The name-value pairs of a query string or a form body, in the form {@code application/x-www-form-urlencoded}. Only
 * their places are noted when it is built; a value is decoded when it is asked for. A list read asks for a handful of
 * short values: that is cheaper than a map.
 */
final class Parameters implements ParameterSource {

    static final Parameters NONE = new Parameters("");

    /** More pairs than any client has reason to send: a bound on the work that one request can ask for. */
    private static final int PAIRS_MAX = 256;

    /** Per pair: where its name begins, where the name ends, where the value ends. */
    private static final int FIELDS = 3;

    private final String text;
    private int[] places = new int[8 * FIELDS];
    private int end;

    /**
     * @throws Refusal if the percent-encoding is broken, or there are too many pairs
     */
    Parameters(String text) {
        this.text = text;
        int start = 0;
        int equals = -1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '&') {
                add(start, equals, i);
                start = i + 1;
                equals = -1;
            } else if (c == '=' && equals < 0) {
                equals = i;
            } else if (c == '%') {
                requireEscape(i);
            }
        }
        add(start, equals, text.length());
    }

    private void add(int start, int equals, int valueEnd) {
        if (start == valueEnd) {
            return;
        }
        if (end == PAIRS_MAX * FIELDS) {
            throw Refusal.badRequest("too many parameters: at most " + PAIRS_MAX + " are allowed");
        }
        if (end == places.length) {
            places = Arrays.copyOf(places, 2 * end);
        }
        places[end++] = start;
        places[end++] = equals < 0 ? valueEnd : equals;
        places[end++] = valueEnd;
    }

    private void requireEscape(int percent) {
        boolean legal =
                percent + 2 < text.length() && isHex(text.charAt(percent + 1)) && isHex(text.charAt(percent + 2));
        if (!legal) {
            String start = text.substring(0, percent);
            String name = start.substring(start.lastIndexOf('&') + 1);
            int equals = name.indexOf('=');
            throw Refusal.badRequest("broken percent-encoding in parameter '"
                    + Param.shown(equals < 0 ? name : name.substring(0, equals)) + '\'');
        }
    }

    private static boolean isHex(char c) {
        return c < 128 && Character.digit(c, 16) >= 0;
    }

    @Override
    public boolean contains(String name) {
        for (int i = 0; i < end; i += FIELDS) {
            if (isNamed(name, places[i], places[i + 1])) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Optional<String> find(String name) {
        for (int i = 0; i < end; i += FIELDS) {
            if (isNamed(name, places[i], places[i + 1])) {
                String value = decoded(Math.min(places[i + 1] + 1, places[i + 2]), places[i + 2])
                        .trim();
                if (!value.isEmpty()) {
                    return Optional.of(value);
                }
            }
        }
        return Optional.empty();
    }

    private boolean isNamed(String name, int from, int to) {
        if (to - from == name.length()) {
            return text.startsWith(name, from);
        }
        return to - from > name.length()
                && hasEscape(from, to)
                && decoded(from, to).equals(name);
    }

    private boolean hasEscape(int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) == '%') {
                return true;
            }
        }
        return false;
    }

    private String decoded(int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '%' || c == '+') {
                return QueryStringDecoder.decodeComponent(text.substring(from, to), StandardCharsets.UTF_8);
            }
        }
        return text.substring(from, to);
    }
}
