package io.muster.server.http;

import io.muster.naming.api.RouteTable;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Liveness, readiness and the reasons, each apart (X15): 200 with {@code OK}, or 503 with what fails; {@code ?verbose} lists every check
 * with its state and since when. Open to everybody, and answered whether or not the server serves clients.
 *
 * @param liveness what must hold or the process is to be restarted
 * @param readiness what must hold or clients are to go elsewhere
 * @param raft what must hold for persistent writes to be taken; never part of readiness
 */
public record HealthRoutes(List<HealthCheck> liveness, List<HealthCheck> readiness, List<HealthCheck> raft) {

    private static final String TYPE = "text/plain";
    private static final String VERBOSE = "verbose";
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    /** What is served. */
    static final List<Described> DESCRIBED = List.of(
            described("/v1/console/health/liveness", "Says whether the process does its work"),
            described("/v1/console/health/readiness", "Says whether clients may be sent here"),
            described("/livez", "Says whether the process does its work"),
            described("/readyz", "Says whether clients may be sent here"),
            described("/readyz/raft", "Says whether persistent writes are taken"));

    private static Described described(String path, String summary) {
        return new Described(path, summary, TYPE).failing(UNAVAILABLE).flag(VERBOSE);
    }

    /** Mounts the routes, with the context path and without. */
    public void mount(Router router) {
        for (String prefix : List.of(RouteTable.CONTEXT, "")) {
            router.get(prefix + "/v1/console/health/liveness").handler(context -> answer(context, liveness));
            router.get(prefix + "/v1/console/health/readiness").handler(context -> answer(context, readiness));
            router.get(prefix + "/livez").handler(context -> answer(context, liveness));
            router.get(prefix + "/readyz").handler(context -> answer(context, readiness));
            router.get(prefix + "/readyz/raft").handler(context -> answer(context, raft));
        }
    }

    private static void answer(RoutingContext context, List<HealthCheck> checks) {
        List<HealthCheck.State> states = checks.stream().map(HealthCheck::state).toList();
        boolean well = states.stream().allMatch(HealthCheck.State::well);
        boolean verbose = context.request().params().contains(VERBOSE);
        context.response()
                .setStatusCode(well ? OK : UNAVAILABLE)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain;charset=UTF-8")
                .end(verbose ? all(states, well) : summary(states, well));
    }

    private static String summary(List<HealthCheck.State> states, boolean well) {
        return well
                ? "OK"
                : states.stream()
                        .filter(state -> !state.well())
                        .map(state -> state.name() + ": " + state.reason())
                        .collect(Collectors.joining("\n"));
    }

    private static String all(List<HealthCheck.State> states, boolean well) {
        return states.stream()
                .map(state -> state + "\n")
                .collect(Collectors.joining("", well ? "OK\n" : "FAILED\n", ""));
    }
}
