package io.muster.bench.load;

import io.muster.bench.process.Http;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * Whether everybody who registered is listed, and healthy: the list of each service, counted.
 *
 * @param listed instances in the lists
 * @param missing registered, but not listed
 * @param unhealthy listed as unhealthy
 */
record RollCall(int listed, int missing, int unhealthy) {

    static RollCall take(Http http, Population population) {
        int listed = 0;
        int missing = 0;
        int unhealthy = 0;
        for (int service = 0; service < population.services(); service++) {
            JsonArray hosts = new JsonObject(http.body("GET", population.list(service))).getJsonArray("hosts");
            listed += hosts.size();
            missing += population.instancesOf(service) - hosts.size();
            for (int i = 0; i < hosts.size(); i++) {
                unhealthy += hosts.getJsonObject(i).getBoolean("healthy") ? 0 : 1;
            }
        }
        return new RollCall(listed, missing, unhealthy);
    }

    boolean complete() {
        return missing == 0 && unhealthy == 0;
    }
}
