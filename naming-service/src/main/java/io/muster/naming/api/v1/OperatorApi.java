package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.ServingGate;
import io.muster.naming.api.Verb;
import io.muster.naming.model.ServiceName;
import io.muster.naming.push.FailedPushes;
import io.muster.naming.push.PushStats;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.ServiceIndex;
import io.muster.naming.registry.WarmUp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What operators ask the naming service, switches apart (nacos-v1-http.md §5). Each path also as {@code /v1/ns/ops/…}.
 */
final class OperatorApi {

    private static final String PATH = "/v1/ns/operator/";
    private static final String UP = "UP";

    /** Only members that are up. */
    private static final Param<Boolean> HEALTHY = Param.onlyTrue("healthy");

    private static final Param<Boolean> RESET = Param.onlyTrue("reset");

    /** Whether the pushes that failed last are shown, too. */
    private static final Param<Boolean> DETAIL = Param.onlyTrue("detail");

    private static final String VIEW = "view";

    /** The only one that Nacos knows is {@value #VIEW}; any other shows nothing, there as here. */
    private static final Param<String> ACTION = Param.text("action", 16, VIEW);

    private final ServiceIndex index;
    private final PushStats pushes;
    private final ClusterFacts cluster;
    private final ServingGate gate;
    private final WarmUp warmUp;
    private final HostLoad load = new HostLoad();
    private final AuditLog audit = new AuditLog();

    OperatorApi(ServiceIndex index, PushStats pushes, ClusterFacts cluster, ServingGate gate, WarmUp warmUp) {
        this.index = index;
        this.pushes = pushes;
        this.cluster = cluster;
        this.gate = gate;
        this.warmUp = warmUp;
    }

    List<Route> routes() {
        return withAliases(List.of(
                Route.immediate(
                                Verb.GET,
                                PATH + "metrics",
                                List.of(),
                                "Shows the server's status and sizes",
                                request -> metrics())
                        .access(Access.OPEN),
                Route.immediate(Verb.GET, PATH + "servers", List.of(HEALTHY), "Lists the members", this::servers)
                        .access(Access.READ),
                Route.immediate(
                                Verb.GET,
                                PATH + "distro/server",
                                Names.OF_SERVICE,
                                "Names the member that is responsible for a service",
                                this::responsible)
                        .access(Access.READ),
                Route.immediate(
                                Verb.GET,
                                PATH + "distro/status",
                                List.of(ACTION),
                                "Lists the members, as those who share the ephemeral data",
                                this::distroStatus)
                        .access(Access.READ),
                Route.immediate(
                        Verb.GET,
                        PATH + "push/state",
                        List.of(DETAIL, RESET),
                        "Counts pushes and how many were acknowledged",
                        this::pushState)));
    }

    static List<Route> withAliases(List<Route> routes) {
        List<Route> all = new ArrayList<>(routes);
        routes.forEach(route -> all.add(route.at(route.path().replace("/v1/ns/operator/", "/v1/ns/ops/"))));
        return all;
    }

    private Answer metrics() {
        return Json.object(json -> {
            json.writeStringField("status", gate.status());
            json.writeNumberField("serviceCount", index.serviceCount());
            json.writeNumberField("instanceCount", index.ephemeralInstanceCount() + index.persistentInstanceCount());
            json.writeNumberField("raftNotifyTaskCount", 0);
            json.writeNumberField("responsibleServiceCount", cluster.responsibleServiceCount());
            json.writeNumberField("responsibleInstanceCount", cluster.responsibleInstanceCount());
            json.writeNumberField("cpu", load.cpu());
            json.writeNumberField("load", load.average());
            json.writeNumberField("mem", load.memory());
            if (warmUp.inProgress()) {
                json.writeBooleanField("warmingUp", true);
            }
        });
    }

    private Answer servers(ApiRequest request) {
        boolean onlyUp = request.get(HEALTHY, false);
        return Json.object(json -> writeNodes(json, "servers", onlyUp));
    }

    private Answer distroStatus(ApiRequest request) {
        boolean shown = request.get(ACTION, VIEW).equals(VIEW);
        return Json.object(json -> {
            if (shown) {
                writeNodes(json, "status", false);
            }
        });
    }

    private void writeNodes(JsonGenerator json, String field, boolean onlyUp) throws IOException {
        json.writeArrayFieldStart(field);
        for (ClusterFacts.Node node : cluster.nodes()) {
            if (!onlyUp || node.state().equals(UP)) {
                write(json, node);
            }
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, ClusterFacts.Node node) throws IOException {
        json.writeStartObject();
        json.writeStringField("ip", node.ip());
        json.writeNumberField("port", node.port());
        json.writeStringField("state", node.state());
        json.writeObjectFieldStart("extendInfo");
        json.writeEndObject();
        json.writeStringField("address", node.address());
        json.writeNumberField("failAccessCnt", node.failures());
        json.writeEndObject();
    }

    private Answer responsible(ApiRequest request) {
        ServiceName service = Names.service(request);
        if (!index.exists(service)) {
            throw Refusal.badRequest("service not found");
        }
        return Json.object(json -> json.writeStringField("responsibleServer", cluster.responsibleNode(service)));
    }

    private Answer pushState(ApiRequest request) {
        boolean reset = request.get(RESET, false);
        long total = pushes.pushed();
        long succeeded = pushes.acknowledged();
        boolean detail = request.get(DETAIL, false);
        List<FailedPushes.Entry> failed = detail ? pushes.failed().list() : List.of();
        if (reset) {
            String before = succeeded + " of " + total + " pushes acknowledged";
            pushes.reset();
            audit.audited(
                    Callers.of(request),
                    "reset-push-state",
                    "push-state",
                    "",
                    before,
                    "0 of 0 pushes acknowledged",
                    CompletableFuture.completedFuture("done"));
        }
        return Json.object(json -> {
            json.writeNumberField("succeed", succeeded);
            json.writeNumberField("total", total);
            json.writeNumberField("ratio", total == 0 ? 0 : (double) succeeded / total);
            if (detail) {
                writeFailed(json, failed);
            }
            json.writeBooleanField("reset", reset);
        });
    }

    /** As texts, which is what Nacos shows; theirs are the lost datagrams in full. */
    private static void writeFailed(JsonGenerator json, List<FailedPushes.Entry> failed) throws IOException {
        json.writeArrayFieldStart("data");
        for (FailedPushes.Entry one : failed) {
            json.writeString(one.service().namespaceId() + "##" + one.service().grouped() + " to " + one.host() + ":"
                    + one.port() + ": no answer to " + one.sends() + " packets");
        }
        json.writeEndArray();
    }
}
