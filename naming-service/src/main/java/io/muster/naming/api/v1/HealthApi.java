package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.ServiceView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Health as admins set and see it (nacos-v1-http.md §4.3). Liveness and readiness of the process are the launcher's.
 */
final class HealthApi {

    private static final Param<Boolean> HEALTHY =
            Param.word("healthy").alias("valid").required();

    private final Registry registry;
    private final ClusterFacts cluster;

    HealthApi(Registry registry, ClusterFacts cluster) {
        this.registry = registry;
        this.cluster = cluster;
    }

    List<Route> routes() {
        Route set = Route.of(
                        Verb.PUT,
                        "/v1/ns/health/instance",
                        params(Names.OF_SERVICE, InstanceParams.IDENTITY, List.of(HEALTHY)),
                        "Sets the health of an instance whose cluster is not checked",
                        this::set)
                .access(Access.WRITE);
        return List.of(
                set,
                set.at("/v1/ns/health"),
                Route.immediate(
                                Verb.GET,
                                "/v1/ns/health/checkers",
                                List.of(),
                                "Shows the kinds of health checkers and their fields",
                                request -> checkers())
                        .access(Access.READ),
                Route.immediate(
                                Verb.GET,
                                "/v1/ns/health/server",
                                List.of(),
                                "Says that the registry serves",
                                request -> server())
                        .access(Access.OPEN));
    }

    private CompletionStage<Answer> set(ApiRequest request) {
        ServiceName service = Names.service(request);
        InstanceKey key = InstanceParams.key(request);
        boolean healthy = request.get(HEALTHY);
        ServiceView view = ServiceApi.require(registry.services(), service);
        ClusterDefinition described = view.clusters().get(key.cluster());
        if (described == null) {
            throw Refusal.notFound("cluster " + key.cluster() + " is not found!");
        }
        if (described.healthChecker().type() != HealthChecker.Type.NONE) {
            throw Refusal.badRequest("health check is still working, service: " + service.grouped());
        }
        if (view.instance(key).isEmpty()) {
            throw Refusal.notFound("no matched ip found!");
        }
        InstancePatch patch = new InstancePatch(
                Optional.empty(), Optional.empty(), Optional.of(healthy), Optional.empty(), Optional.empty());
        return registry.edits().patch(service, key, patch, Callers.of(request)).thenApply(outcome -> Answer.OK);
    }

    private static Answer checkers() {
        return Json.object(json -> {
            Texts.write(json, "TCP", HealthChecker.TCP);
            Texts.write(json, "HTTP", new HealthChecker.Http("", "", 200));
            json.writeObjectFieldStart("MYSQL");
            json.writeStringField("type", "MYSQL");
            json.writeNullField("user");
            json.writeNullField("pwd");
            json.writeNullField("cmd");
            json.writeEndObject();
            Texts.write(json, "NONE", HealthChecker.NONE);
        });
    }

    private Answer server() {
        return Json.object(json -> json.writeStringField(
                "msg",
                "Hello! I am Nacos-Naming and healthy! total services: raft "
                        + registry.index().serviceCount() + ", local port:"
                        + cluster.self().port()));
    }
}
