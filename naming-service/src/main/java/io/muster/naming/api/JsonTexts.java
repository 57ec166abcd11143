package io.muster.naming.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * JSON that callers send, read into trees. What can't be read is told by its place; the parser's own words name its
 * classes.
 */
public final class JsonTexts {

    private static final ObjectReader READER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .readerFor(JsonNode.class);

    private JsonTexts() {}

    /**
     * @throws IllegalArgumentException if the text is no JSON
     */
    public static JsonNode read(String text) {
        try {
            return READER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is no JSON: error at " + where(e), e);
        }
    }

    /**
     * @throws IllegalArgumentException if the text is no JSON object
     */
    public static JsonNode object(String text) {
        JsonNode node = read(text);
        if (!node.isObject()) {
            throw new IllegalArgumentException("is no JSON object");
        }
        return node;
    }

    /**
     * The fields of an object as text: numbers and booleans in their JSON spelling, as Jackson hands them to a map of
     * strings in Nacos; nulls are left out.
     *
     * @throws IllegalArgumentException if a field is an object or an array
     */
    public static Map<String, String> textFields(JsonNode object) {
        Map<String, String> fields = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isContainerNode()) {
                throw new IllegalArgumentException("'" + Param.shown(field.getKey()) + "' must be a text");
            }
            if (!value.isNull()) {
                fields.put(field.getKey(), value.asText());
            }
        });
        return fields;
    }

    static String where(JsonProcessingException e) {
        return e.getLocation() == null
                ? "an unknown place"
                : "line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }
}
