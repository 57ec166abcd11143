package io.muster.server.http;

import io.muster.naming.api.RouteTable;
import io.muster.server.metrics.ServerMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** {@code GET /metrics}, and the path of it that Nacos has: Prometheus' text format, always on. Put together on a worker thread. */
public record MetricsRoutes(Vertx vertx, ServerMetrics metrics) {

    private static final String TEXT = "text/plain";
    private static final int INTERNAL_ERROR = 500;

    /** What is served. */
    static final List<Described> DESCRIBED = List.of(
            new Described("/metrics", "Shows all metrics in Prometheus' text format", TEXT).failing(INTERNAL_ERROR),
            new Described("/actuator/prometheus", "The same, where Nacos has it", TEXT).failing(INTERNAL_ERROR));

    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    /** Mounts the routes, with the context path and without. */
    public void mount(Router router) {
        for (String prefix : List.of(RouteTable.CONTEXT, "")) {
            router.get(prefix + "/metrics").handler(this::answer);
            router.get(prefix + "/actuator/prometheus").handler(this::answer);
        }
    }

    private void answer(RoutingContext context) {
        vertx.executeBlocking(metrics::scrape, false)
                .onSuccess(text -> context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, TEXT_FORMAT)
                        .end(text))
                .onFailure(failure -> context.response()
                        .setStatusCode(INTERNAL_ERROR)
                        .putHeader(HttpHeaders.CONTENT_TYPE, TEXT)
                        .end("the metrics can't be read: " + failure));
    }
}
