package io.muster.server.http;

import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import java.util.List;

/** What Nacos has under {@code /v1/core/ops} and nothing here stands behind (nacos-v1-http.md §7.2), answered as it would be there. */
public final class CoreOperations {

    private CoreOperations() {}

    public static List<Route> routes() {
        return List.of(Route.immediate(
                        Verb.GET,
                        "/v1/core/ops/idInfo",
                        List.of(),
                        "the generators of ids: there are none",
                        request -> Json.object(json -> {}))
                .always());
    }
}
