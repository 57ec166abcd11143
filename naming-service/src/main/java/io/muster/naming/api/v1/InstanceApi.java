package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.OverlayOutcome;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.ServiceView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * One instance: register, deregister, update, patch, read (nacos-v1-http.md §3.1).
 */
final class InstanceApi {

    private static final String PATH = "/v1/ns/instance";

    private final Registry registry;
    private final Reads reads;

    InstanceApi(Registry registry, Reads reads) {
        this.registry = registry;
        this.reads = reads;
    }

    List<Route> routes() {
        var described = params(
                Names.OF_SERVICE, InstanceParams.IDENTITY, InstanceParams.FIELDS, List.of(InstanceParams.EPHEMERAL));
        return List.of(
                Route.of(Verb.POST, PATH, described, "Registers an instance", this::register)
                        .access(Access.WRITE),
                Route.of(
                                Verb.DELETE,
                                PATH,
                                params(Names.OF_SERVICE, InstanceParams.IDENTITY, List.of(InstanceParams.EPHEMERAL)),
                                "Deregisters an instance",
                                this::deregister)
                        .access(Access.WRITE),
                Route.of(Verb.PUT, PATH, described, "Replaces what is known of an instance", this::update)
                        .access(Access.WRITE),
                Route.of(
                                Verb.PATCH,
                                PATH,
                                params(Names.OF_SERVICE, InstanceParams.IDENTITY, InstanceParams.FIELDS),
                                "Changes the given fields of an instance",
                                this::patch)
                        .access(Access.WRITE),
                Route.of(
                                Verb.GET,
                                PATH,
                                params(Names.OF_SERVICE, InstanceParams.IDENTITY, List.of(Reads.CONSISTENCY)),
                                "Shows an instance",
                                reads.asFreshAsAsked(this::show))
                        .access(Access.READ));
    }

    private CompletionStage<Answer> register(ApiRequest request) {
        ServiceName service = Names.newService(request);
        Instance instance = InstanceParams.patch(request).toInstance(InstanceParams.key(request), isEphemeral(request));
        return registry.registrations()
                .register(service, instance, Callers.of(request))
                .thenApply(done -> Answer.OK);
    }

    private CompletionStage<Answer> deregister(ApiRequest request) {
        return registry.registrations()
                .deregister(
                        Names.service(request), InstanceParams.key(request), isEphemeral(request), Callers.of(request))
                .thenApply(done -> Answer.OK);
    }

    /** Java clients mean an instance that exists; to all others a PUT is a registration (nacos-v1-http.md §3.1). */
    private CompletionStage<Answer> update(ApiRequest request) {
        return registry.edits()
                .update(
                        Names.newService(request),
                        InstanceParams.key(request),
                        isEphemeral(request),
                        InstanceParams.patch(request),
                        request.agent().isModernJava(),
                        Callers.of(request))
                .thenApply(outcome -> saying(outcome, Answer.OK));
    }

    private CompletionStage<Answer> patch(ApiRequest request) {
        InstancePatch given = InstanceParams.patch(request);
        return registry.edits()
                .patch(Names.service(request), InstanceParams.key(request), given, Callers.of(request))
                .thenApply(outcome -> saying(outcome, Answer.OK));
    }

    private boolean isEphemeral(ApiRequest request) {
        return request.get(
                InstanceParams.EPHEMERAL, registry.switches().current().defaultEphemeral());
    }

    /**
     * Tells when the operator's word is not stored yet, so that a stop of all servers would end it (X12), or will not be at all, so that the client's
     * next registration ends it.
     */
    static Answer saying(OverlayOutcome outcome, Answer answer) {
        return switch (outcome) {
            case NOT_NEEDED, WRITTEN -> answer;
            case PENDING -> answer.with("Muster-Overlay", "pending");
            case NOT_STORED -> answer.with("Muster-Overlay", "not-stored");
        };
    }

    private Supplier<Answer> show(ApiRequest request) {
        ServiceName service = Names.service(request);
        InstanceKey key = InstanceParams.key(request);
        return () -> {
            Optional<ServiceView> view = registry.services().find(service);
            return view.flatMap(found -> found.instance(key))
                    .map(found -> instance(service, found))
                    .orElseGet(() -> reads.unlessWarmingUp(() -> missing(service, view, key)));
        };
    }

    private static Answer missing(ServiceName service, Optional<ServiceView> view, InstanceKey key) {
        if (view.isEmpty()) {
            return Answer.text(404, "no service " + service.grouped() + " found!");
        }
        return view.get().instancesIn(List.of(key.cluster())).isEmpty()
                ? Answer.text(404, "no ips found for cluster " + key.cluster() + " in service " + service.grouped())
                : Answer.text(404, "no matched ip found!");
    }

    private static Answer instance(ServiceName service, InstanceView view) {
        Instance shown = view.shown();
        return Json.object(json -> {
            json.writeStringField("service", service.grouped());
            json.writeStringField("ip", shown.ip());
            json.writeNumberField("port", shown.port());
            json.writeStringField("clusterName", shown.cluster());
            json.writeNumberField("weight", shown.weight());
            json.writeBooleanField("healthy", view.healthy());
            json.writeStringField("instanceId", view.instanceId());
            Json.writeMetadata(json, "metadata", shown.metadata());
            json.writeBooleanField("enabled", shown.enabled());
            json.writeBooleanField("ephemeral", shown.ephemeral());
            Overlays.write(json, view);
            HealthTexts.write(json, view);
        });
    }
}
