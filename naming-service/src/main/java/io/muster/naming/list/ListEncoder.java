package io.muster.naming.list;

import io.muster.naming.model.Instance;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.Protection;
import io.muster.naming.registry.ServiceView;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes the body of an instance list. Pure. Every field that a 1.x client reads is always there, with its JSON type
 * (nacos-v1-http.md §0): a missing or wandering field makes clients lose the data or believe in a change.
 */
public final class ListEncoder {

    /** A host with little metadata; saves most of the growing. */
    private static final int HOST_BYTES_GUESS = 320;

    private ListEncoder() {}

    /**
     * @param clusters as asked for, names joined by commas; empty for all
     * @param healthyOnly leaves out the unhealthy, after protection
     */
    public static byte[] encode(
            ServiceView service, String clusters, boolean healthyOnly, NameForm names, long cacheMillis, String env) {
        List<InstanceView> instances = service.instancesIn(clusterNames(clusters));
        boolean protects = protects(service, instances);
        String grouped = service.name().grouped();
        String dom = names == NameForm.GROUPED ? grouped : service.name().name();
        JsonBytes json = new JsonBytes(256 + HOST_BYTES_GUESS * instances.size());
        json.raw("{\"hosts\":[");
        boolean first = true;
        for (InstanceView instance : instances) {
            boolean listed = instance.shown().enabled() && (!healthyOnly || protects || instance.healthy());
            if (listed) {
                if (!first) {
                    json.raw(",");
                }
                first = false;
                host(json, instance, dom, protects);
            }
        }
        json.raw("],\"dom\":").text(dom);
        json.raw(",\"name\":").text(grouped);
        json.raw(",\"cacheMillis\":").number(cacheMillis);
        json.raw(",\"lastRefTime\":").number(service.changedAtMillis());
        json.raw(",\"checksum\":\"").raw(checksum(service)).raw("\"");
        json.raw(",\"useSpecifiedURL\":false,\"clusters\":").text(clusters);
        json.raw(",\"env\":").text(env);
        if (protects) {
            json.raw(",\"reachProtectThreshold\":true");
        }
        json.raw(",\"metadata\":").metadata(service.definition().metadata());
        json.raw("}");
        return json.toByteArray();
    }

    /** The body for a service that nobody knows: no hosts, and no error. */
    public static byte[] unknown(ServiceName service, String clusters, long cacheMillis) {
        JsonBytes json = new JsonBytes(160);
        json.raw("{\"name\":").text(service.grouped());
        json.raw(",\"clusters\":").text(clusters);
        json.raw(",\"cacheMillis\":").number(cacheMillis);
        // What was never seen never changed: older than any list that a client may hold.
        json.raw(",\"lastRefTime\":").number(0);
        json.raw(",\"hosts\":[]}");
        return json.toByteArray();
    }

    private static void host(JsonBytes json, InstanceView instance, String dom, boolean protects) {
        Instance shown = instance.shown();
        String health = protects || instance.healthy() ? "true" : "false";
        json.raw("{\"ip\":").text(shown.ip());
        json.raw(",\"port\":").number(shown.port());
        json.raw(",\"valid\":").raw(health);
        json.raw(",\"healthy\":").raw(health);
        if (protects) {
            // True health beside the protected answer (X22).
            json.raw(",\"trueHealthy\":").raw(instance.healthy() ? "true" : "false");
        }
        json.raw(",\"marked\":false,\"instanceId\":").text(instance.instanceId());
        json.raw(",\"metadata\":").metadata(shown.metadata());
        json.raw(",\"enabled\":").raw(shown.enabled() ? "true" : "false");
        json.raw(",\"weight\":").number(shown.weight());
        json.raw(",\"clusterName\":").text(shown.cluster());
        json.raw(",\"serviceName\":").text(dom);
        json.raw(",\"ephemeral\":").raw(shown.ephemeral() ? "true" : "false");
        json.raw("}");
    }

    /** Over the chosen clusters, disabled instances included (Nacos 1.4, InstanceController.doSrvIpxt). */
    private static boolean protects(ServiceView service, List<InstanceView> instances) {
        int healthy = 0;
        for (InstanceView instance : instances) {
            healthy += instance.healthy() ? 1 : 0;
        }
        return Protection.applies(
                healthy, instances.size(), service.definition().protectThreshold());
    }

    /** Opaque to clients; changes with the list. */
    private static String checksum(ServiceView service) {
        String digits = Long.toHexString(service.revision()) + Long.toHexString(service.changedAtMillis());
        return "0".repeat(Math.max(0, 32 - digits.length())) + digits;
    }

    private static Set<String> clusterNames(String clusters) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : clusters.split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.trim());
            }
        }
        return names;
    }
}
