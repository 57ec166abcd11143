package io.muster.naming.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The headers that an HTTP health check sends, as {@code name:value} joined by '|' (nacos-v1-http.md §4.2). Strict, since the server itself sends
 * them: no header that frames the request or names another host, and nothing that begins another line.
 */
public final class RequestHeaders {

    private static final int HEADERS_MAX = 16;

    /** Beside letters and digits (RFC 9110 §5.6.2). */
    private static final String NAME_CHARS = "!#$%&'*+-.^_`~";

    private static final Set<String> REFUSED =
            Set.of("host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect");

    private RequestHeaders() {}

    /** One of them. */
    public record Header(String name, String value) {}

    /**
     * @return in the order given
     * @throws IllegalArgumentException saying what is wrong
     */
    public static List<Header> parse(String text) {
        if (text.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw new IllegalArgumentException("holds a control character");
        }
        List<Header> headers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String pair : text.split("\\|", -1)) {
            if (!pair.isBlank()) {
                Header header = header(pair);
                if (!names.add(header.name().toLowerCase(Locale.ROOT))) {
                    throw new IllegalArgumentException("has the header " + header.name() + " twice");
                }
                headers.add(header);
            }
        }
        if (headers.size() > HEADERS_MAX) {
            throw new IllegalArgumentException("takes at most " + HEADERS_MAX + " headers, has " + headers.size());
        }
        return List.copyOf(headers);
    }

    private static Header header(String pair) {
        int colon = pair.indexOf(':');
        String name = colon < 0 ? "" : pair.substring(0, colon).trim();
        if (name.isEmpty() || !name.chars().allMatch(RequestHeaders::isOfName)) {
            throw new IllegalArgumentException("takes name:value pairs joined by '|', has one without a header's name");
        }
        if (REFUSED.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("may not set the header " + name);
        }
        String value = pair.substring(colon + 1).trim();
        if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f))) {
            throw new IllegalArgumentException("header " + name + " holds a character that no header's value has");
        }
        return new Header(name, value);
    }

    private static boolean isOfName(int c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || NAME_CHARS.indexOf(c) >= 0;
    }

    /** What may be shown: values may be credentials. Never fails, whatever the text. */
    public static List<String> names(String text) {
        List<String> names = new ArrayList<>();
        for (String pair : text.split("\\|", -1)) {
            int colon = pair.indexOf(':');
            if (colon > 0) {
                names.add(pair.substring(0, colon).trim());
            }
        }
        return names;
    }
}
