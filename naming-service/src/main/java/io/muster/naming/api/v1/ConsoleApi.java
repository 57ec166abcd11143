package io.muster.naming.api.v1;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import java.util.List;

/** What consoles ask to know whom they talk to (nacos-v1-http.md §7.3). */
final class ConsoleApi {

    private final ClusterFacts cluster;
    private final String version;

    ConsoleApi(ClusterFacts cluster, String version) {
        this.cluster = cluster;
        this.version = version;
    }

    List<Route> routes() {
        return List.of(Route.immediate(
                        Verb.GET, "/v1/console/server/state", List.of(), "Shows mode and version", request -> state())
                .access(Access.OPEN));
    }

    /** The function mode tells consoles to hide what belongs to configurations. */
    private Answer state() {
        return Json.object(json -> {
            json.writeStringField("standalone_mode", cluster.isStandalone() ? "standalone" : "cluster");
            json.writeStringField("function_mode", "naming");
            json.writeStringField("version", version);
        });
    }
}
