package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.JsonTexts;
import io.muster.naming.api.Param;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.RequestHeaders;
import io.muster.naming.model.ResponseCodes;
import io.muster.naming.model.Selector;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Structured values that come as text in one parameter: metadata, selectors, health checkers. Bad ones are {@link
 * IllegalArgumentException}s.
 */
final class Texts {

    /** Room for the largest metadata with every quote escaped. */
    static final int METADATA_CHARS_MAX = 64 * 1024;

    private static final int SELECTOR_CHARS_MAX = 8 * 1024;
    private static final int HEALTH_CHECKER_CHARS_MAX = 16 * 1024;

    static final Param<Metadata> METADATA =
            Param.structured("metadata", METADATA_CHARS_MAX, "{\"zone\":\"a\"}", Texts::metadata);

    static final Param<Selector> SELECTOR =
            Param.structured("selector", SELECTOR_CHARS_MAX, "{\"type\":\"none\"}", Texts::selector);

    static final Param<HealthChecker> HEALTH_CHECKER =
            Param.structured("healthChecker", HEALTH_CHECKER_CHARS_MAX, "{\"type\":\"TCP\"}", Texts::healthChecker);

    /** In place of the value of a header. */
    private static final String HIDDEN = "***";

    private static final int DEFAULT_EXPECTED_CODE = 200;

    /** The last of ASCII; it and all beyond have to be escaped in a URL. */
    private static final char DELETE_CHAR = 0x7f;

    private Texts() {}

    /** A JSON object, or {@code k=v,k2=v2} (Nacos 1.4, UtilsAndCommons.parseMetadata). */
    private static Metadata metadata(String text) {
        if (text.equals("{}")) {
            return Metadata.EMPTY;
        }
        try {
            Metadata metadata =
                    Metadata.of(text.startsWith("{") ? JsonTexts.textFields(JsonTexts.object(text)) : pairs(text));
            HeartbeatSettings.requireReadable(metadata);
            return metadata;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("metadata format incorrect: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1 || pair.indexOf('=', equals + 1) >= 0) {
                throw new IllegalArgumentException(Param.shown(text));
            }
            pairs.put(
                    pair.substring(0, equals).trim(), pair.substring(equals + 1).trim());
        }
        return pairs;
    }

    private static Selector selector(String text) {
        JsonNode json = JsonTexts.object(text);
        return Selector.of(
                json.path("type").asText("none"), json.path("expression").asText(""));
    }

    /**
     * A missing type means no check, as in Nacos. An unknown one is refused, where Nacos takes it for none: a typing error would switch checking off
     * without a sign (decision 0033). What the server itself is to send is strict, so that nobody writes a request of his own into it.
     */
    private static HealthChecker healthChecker(String text) {
        JsonNode json = JsonTexts.object(text);
        String type = json.path("type").asText("NONE");
        return switch (type.toUpperCase(Locale.ROOT)) {
            case "TCP" -> HealthChecker.TCP;
            case "HTTP" -> http(json);
            case "MYSQL" ->
                new HealthChecker.Mysql(
                        noNul("user", json.path("user").asText("")),
                        json.path("pwd").asText(""),
                        json.path("cmd").asText(""),
                        json.path("allowPublicKeyRetrieval").asBoolean(false));
            case "NONE" -> HealthChecker.NONE;
            default ->
                throw new IllegalArgumentException("type must be TCP, HTTP, MYSQL or NONE, is " + Param.shown(type));
        };
    }

    private static HealthChecker http(JsonNode json) {
        String path = json.path("path").asText("");
        if (!path.isEmpty()
                && (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < DELETE_CHAR && c != '#'))) {
            throw new IllegalArgumentException(
                    "path must begin with / and hold no blanks, and no characters that a URL has none of, is "
                            + Param.shown(path));
        }
        String headers = json.path("headers").asText("");
        try {
            requireShown(RequestHeaders.parse(headers));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("headers: " + e.getMessage(), e);
        }
        String codes = json.path("expectedResponseCodes").asText("").trim();
        if (!codes.isEmpty()) {
            try {
                ResponseCodes.parse(codes);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("expectedResponseCodes " + e.getMessage(), e);
            }
        }
        return new HealthChecker.Http(path, headers, expectedResponseCode(json.path("expectedResponseCode")), codes);
    }

    private static void requireShown(List<RequestHeaders.Header> headers) {
        for (RequestHeaders.Header header : headers) {
            if (header.value().equals(HIDDEN)) {
                throw new IllegalArgumentException(
                        header.name() + " has the value that readers are shown in place of its own");
            }
        }
    }

    /** The names are shown. Read back, it is refused: nobody is to send it for what it stands for. */
    private static String hidden(String headers) {
        return RequestHeaders.names(headers).stream()
                .map(name -> name + ":" + HIDDEN)
                .collect(Collectors.joining("|"));
    }

    /** The protocol ends a user's name with it. */
    private static String noNul(String field, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(field + " holds a NUL character");
        }
        return text;
    }

    private static int expectedResponseCode(JsonNode code) {
        int value = code.asInt(DEFAULT_EXPECTED_CODE);
        boolean whole = code.isMissingNode() || code.isNull() || code.asText().equals(Integer.toString(value));
        if (!whole || value < 100 || value > 599) {
            throw new IllegalArgumentException(
                    "expectedResponseCode must be 100 to 599, is " + Param.shown(code.asText()));
        }
        return value;
    }

    static void write(JsonGenerator json, String field, Selector selector) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeStringField("type", selector.type().name().toLowerCase(Locale.ROOT));
        if (selector.type() == Selector.Type.LABEL) {
            json.writeStringField("expression", selector.expression());
            json.writeArrayFieldStart("labels");
            for (String label : selector.labels()) {
                json.writeString(label);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** Without what may be credentials, the password of a MySQL check and the values of headers: whoever may read a service need not know them. */
    static void write(JsonGenerator json, String field, HealthChecker checker) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeStringField("type", checker.type().name());
        if (checker instanceof HealthChecker.Http http) {
            json.writeStringField("path", http.path());
            json.writeStringField("headers", hidden(http.headers()));
            json.writeNumberField("expectedResponseCode", http.expectedResponseCode());
            if (!http.expectedResponseCodes().isEmpty()) {
                json.writeStringField("expectedResponseCodes", http.expectedResponseCodes());
            }
        } else if (checker instanceof HealthChecker.Mysql mysql) {
            json.writeStringField("user", mysql.user());
            json.writeStringField("cmd", mysql.command());
            if (mysql.allowPublicKeyRetrieval()) {
                json.writeBooleanField("allowPublicKeyRetrieval", true);
            }
        }
        json.writeEndObject();
    }
}
