package io.muster.naming.api.v1;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.JsonTexts;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Metadata;

/**
 * The body of a full heartbeat: all that a registration says (R44). Unknown fields are ignored, since each client sends
 * some of its own.
 *
 * @param instance what an unknown instance is registered as; with weight 1 where the beat names none (Nacos would
 *     register a weight of 0, which takes no traffic)
 */
record Beat(Instance instance) {

    /**
     * @throws IllegalArgumentException if it can't be read, or describes no legal instance
     */
    static Beat read(String text) {
        JsonNode json = JsonTexts.object(text);
        String cluster = json.path("cluster").asText("").trim();
        InstanceKey key = new InstanceKey(
                json.path("ip").asText("").trim(),
                port(json.path("port")),
                cluster.isEmpty() ? InstanceKey.DEFAULT_CLUSTER : cluster);
        return new Beat(Instance.of(key, json.path("ephemeral").asBoolean(true))
                .withWeight(weight(json.path("weight")))
                .withMetadata(metadata(json.path("metadata"))));
    }

    private static int port(JsonNode port) {
        if (!port.isMissingNode() && !port.canConvertToInt()) {
            throw new IllegalArgumentException("field 'port' must be an integer");
        }
        return port.asInt(0);
    }

    private static double weight(JsonNode weight) {
        if (weight.isMissingNode() || weight.isNull()) {
            return Instance.DEFAULT_WEIGHT;
        }
        if (!weight.isNumber()) {
            throw new IllegalArgumentException("field 'weight' must be a number");
        }
        return weight.asDouble();
    }

    private static Metadata metadata(JsonNode metadata) {
        if (metadata.isMissingNode() || metadata.isNull()) {
            return Metadata.EMPTY;
        }
        if (!metadata.isObject()) {
            throw new IllegalArgumentException("field 'metadata' must be an object");
        }
        return Metadata.of(JsonTexts.textFields(metadata));
    }
}
