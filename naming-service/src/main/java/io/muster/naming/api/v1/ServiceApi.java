package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.Selector;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.ServiceView;
import io.muster.naming.registry.Services;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Services as admins declare them (nacos-v1-http.md §4.1). */
final class ServiceApi {

    private static final String PATH = "/v1/ns/service";

    private static final Param<Double> PROTECT_THRESHOLD = Param.number(
            "protectThreshold",
            "0.5",
            value -> new ServiceDefinition(value, Metadata.EMPTY, Selector.NONE).protectThreshold());

    private final Services services;
    private final Reads reads;

    ServiceApi(Registry registry, Reads reads) {
        this.services = registry.services();
        this.reads = reads;
    }

    List<Route> routes() {
        List<Param<?>> description = List.of(Texts.METADATA, Texts.SELECTOR);
        return List.of(
                Route.of(
                                Verb.POST,
                                PATH,
                                params(Names.OF_SERVICE, List.of(PROTECT_THRESHOLD), description),
                                "Declares a service",
                                this::create)
                        .access(Access.WRITE),
                Route.of(
                                Verb.PUT,
                                PATH,
                                params(Names.OF_SERVICE, List.of(PROTECT_THRESHOLD.required()), description),
                                "Replaces what is declared of a service",
                                this::update)
                        .access(Access.WRITE),
                Route.of(Verb.DELETE, PATH, Names.OF_SERVICE, "Deletes a service without instances", this::delete)
                        .access(Access.WRITE),
                Route.of(
                                Verb.GET,
                                PATH,
                                params(Names.OF_SERVICE, List.of(Reads.CONSISTENCY)),
                                "Shows a service and its clusters",
                                reads.asFreshAsAsked(this::show))
                        .access(Access.READ));
    }

    private CompletionStage<Answer> create(ApiRequest request) {
        return services.create(Names.newService(request), definition(request), Callers.of(request))
                .thenApply(done -> Answer.OK);
    }

    private CompletionStage<Answer> update(ApiRequest request) {
        request.get(PROTECT_THRESHOLD.required());
        return services.update(Names.newService(request), definition(request), Callers.of(request))
                .thenApply(done -> Answer.OK);
    }

    private CompletionStage<Answer> delete(ApiRequest request) {
        return services.delete(Names.service(request), Callers.of(request)).thenApply(done -> Answer.OK);
    }

    private static ServiceDefinition definition(ApiRequest request) {
        return new ServiceDefinition(
                request.get(PROTECT_THRESHOLD, ServiceDefinition.DEFAULT.protectThreshold()),
                request.get(Texts.METADATA, Metadata.EMPTY),
                request.get(Texts.SELECTOR, Selector.NONE));
    }

    private Supplier<Answer> show(ApiRequest request) {
        ServiceName service = Names.service(request);
        return () -> services.find(service)
                .map(ServiceApi::service)
                .orElseGet(() -> reads.unlessWarmingUp(
                        () -> Answer.text(404, "service " + service.grouped() + " is not found!")));
    }

    private static Answer service(ServiceView view) {
        return Json.object(json -> {
            json.writeStringField("name", view.name().name());
            json.writeStringField("groupName", view.name().group());
            json.writeStringField("namespaceId", view.name().namespaceId());
            json.writeNumberField("protectThreshold", view.definition().protectThreshold());
            Json.writeMetadata(json, "metadata", view.definition().metadata());
            Texts.write(json, "selector", view.definition().selector());
            json.writeArrayFieldStart("clusters");
            for (Map.Entry<String, ClusterDefinition> cluster : view.clusters().entrySet()) {
                writeCluster(json, cluster.getKey(), cluster.getValue());
            }
            json.writeEndArray();
        });
    }

    private static void writeCluster(JsonGenerator json, String name, ClusterDefinition cluster) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        Texts.write(json, "healthChecker", cluster.healthChecker());
        Json.writeMetadata(json, "metadata", cluster.metadata());
        json.writeEndObject();
    }

    /** For other views of a service that is not there. */
    static ServiceView require(Services services, ServiceName service) {
        return services.find(service)
                .orElseThrow(() -> Refusal.notFound("service " + service.grouped() + " is not found!"));
    }
}
