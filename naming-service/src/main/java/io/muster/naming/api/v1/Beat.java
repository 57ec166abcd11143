package io.muster.naming.api.v1;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.JsonTexts;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Metadata;

/**
 * The body of a full heartbeat: all that a registration says (R44). Unknown fields are ignored, since each client sends
 * some of its own; numbers may come as text, as some clients write them.
 *
 * @param instance what an unknown instance is registered as; with weight 1 where the beat names none (Nacos would
 *     register a weight of 0, which takes no traffic)
 * @param namesCluster whether the beat itself names the cluster
 */
record Beat(Instance instance, boolean namesCluster) {

    /** The instance; in a given cluster if the beat names none. */
    Instance instanceOr(String cluster) {
        return namesCluster ? instance : instance.withCluster(cluster);
    }

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
        Instance instance = Instance.of(key, json.path("ephemeral").asBoolean(true))
                .withWeight(weight(json.path("weight")))
                .withMetadata(metadata(json.path("metadata")));
        return new Beat(instance, !cluster.isEmpty());
    }

    private static int port(JsonNode port) {
        if (port.isMissingNode()) {
            return 0;
        }
        try {
            if (port.isTextual()) {
                return Integer.parseInt(port.textValue().trim());
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("field 'port' must be an integer", e);
        }
        if (!port.canConvertToInt()) {
            throw new IllegalArgumentException("field 'port' must be an integer");
        }
        return port.intValue();
    }

    private static double weight(JsonNode weight) {
        if (weight.isMissingNode() || weight.isNull()) {
            return Instance.DEFAULT_WEIGHT;
        }
        try {
            if (weight.isTextual()) {
                return Double.parseDouble(weight.textValue());
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("field 'weight' must be a number", e);
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
