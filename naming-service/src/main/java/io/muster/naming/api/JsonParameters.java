package io.muster.naming.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * A JSON object as request body, read as parameters: each field is one; an object or array among them counts as its
 * JSON text, null as absent. So that a client without form encoding can call every route (R74).
 */
final class JsonParameters implements ParameterSource {

    private final JsonNode object;

    /**
     * @throws Refusal if it is no JSON object
     */
    JsonParameters(String body) {
        try {
            this.object = JsonTexts.object(body);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("the request body " + e.getMessage());
        }
    }

    @Override
    public boolean contains(String name) {
        return object.hasNonNull(name);
    }

    @Override
    public Optional<String> find(String name) {
        JsonNode field = object.get(name);
        if (field == null || field.isNull()) {
            return Optional.empty();
        }
        String text = (field.isContainerNode() ? field.toString() : field.asText()).trim();
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
