package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import io.muster.consistency.FormatInForce;
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
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.ServiceView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Health as admins set and see it (nacos-v1-http.md §4.3). Liveness and readiness of the process are the launcher's.
 */
final class HealthApi {

    private static final Param<Boolean> HEALTHY =
            Param.word("healthy").alias("valid").required();

    private final AuditLog audit = new AuditLog();
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
        Optional<Refusal> refusal = refusal(service, key);
        if (refusal.isPresent()) {
            return audit.audited(
                    Callers.of(request),
                    "set-health",
                    service,
                    key + " healthy=" + healthy,
                    () -> standing(service, key),
                    () -> CompletableFuture.failedFuture(refusal.get()));
        }
        InstancePatch patch = new InstancePatch(
                Optional.empty(), Optional.empty(), Optional.of(healthy), Optional.empty(), Optional.empty());
        return registry.edits().patch(service, key, patch, Callers.of(request)).thenApply(outcome -> Answer.OK);
    }

    private String standing(ServiceName service, InstanceKey key) {
        return registry.services()
                .find(service)
                .flatMap(view -> view.instance(key))
                .map(instance -> instance.shown().toString())
                .orElse("nothing");
    }

    /** What the server checks itself, an operator can't set. */
    private Optional<Refusal> refusal(ServiceName service, InstanceKey key) {
        ServiceView view;
        try {
            view = ServiceApi.require(registry.services(), service);
        } catch (Refusal unknown) {
            return Optional.of(unknown);
        }
        ClusterDefinition described = view.clusters().get(key.cluster());
        if (described == null) {
            return Optional.of(Refusal.notFound("cluster " + key.cluster() + " is not found!"));
        }
        if (described.healthChecker().type() != HealthChecker.Type.NONE) {
            return Optional.of(Refusal.badRequest("health check is still working, service: " + service.grouped()));
        }
        return view.instance(key).isEmpty() ? Optional.of(Refusal.notFound("no matched ip found!")) : Optional.empty();
    }

    /** As Nacos shows them; and, while nothing is checked since not all members read verdicts, why (R32). */
    private Answer checkers() {
        Optional<String> heldBack = registry.format().objectionTo(FormatInForce.SECOND);
        return Json.object(json -> {
            if (heldBack.isPresent()) {
                json.writeStringField("heldBack", "persistent instances are not checked: that " + heldBack.get());
            }
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
