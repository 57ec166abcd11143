package io.muster.server.http;

import io.muster.naming.api.Route;
import io.muster.naming.api.RouteTable;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code GET /openapi.json}: what the API is. Open to everybody, as the docs are; made when somebody first asks. */
public final class OpenApiRoutes {

    private static final String PATH = "/openapi.json";
    private static final String TYPE = "application/json";

    private final OpenApi api;

    /** Two event loops may both make it: they make the same. */
    private volatile Optional<Buffer> made = Optional.empty();

    /**
     * @param version of the product
     * @param routes of the table
     */
    public OpenApiRoutes(String version, List<Route> routes) {
        this.api = new OpenApi(version, routes, described());
    }

    /** All that is answered beside the route table. */
    private static List<Described> described() {
        return Stream.of(
                        HealthRoutes.DESCRIBED,
                        MetricsRoutes.DESCRIBED,
                        List.of(new Described(PATH, "This document", TYPE)))
                .flatMap(List::stream)
                .toList();
    }

    /** Mounts the route, with the context path and without. */
    public void mount(Router router) {
        for (String prefix : List.of(RouteTable.CONTEXT, "")) {
            router.get(prefix + PATH).handler(this::answer);
        }
    }

    private void answer(RoutingContext context) {
        Buffer document = made.orElseGet(api::document);
        made = Optional.of(document);
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, TYPE).end(document);
    }
}
