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
import io.muster.naming.model.Limits;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.OverlayView;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.RegistryException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What operators laid over ephemeral instances (X12): shown by service, taken back one by one. Nacos has no such
 * thing: there the client's next registration silently undoes what an operator did.
 */
final class OverlayApi {

    private static final String PATH = "/v1/ns/instance/overlay";
    private static final int DEFAULT_PAGE_SIZE = 20;

    /** Absent: of all services of the namespace. */
    private static final Param<String> SERVICE = Param.text(
                    "serviceName", Limits.GROUP_CHARS_MAX + 2 + Limits.SERVICE_NAME_CHARS_MAX, "orders")
            .alias("dom");

    private static final Param<Integer> PAGE_NO = Param.integer("pageNo", 0, Integer.MAX_VALUE, "1");
    private static final Param<Integer> PAGE_SIZE = Param.integer("pageSize", 0, Integer.MAX_VALUE, "20");

    private final Registry registry;
    private final Reads reads;

    OverlayApi(Registry registry, Reads reads) {
        this.registry = registry;
        this.reads = reads;
    }

    List<Route> routes() {
        return List.of(
                Route.of(
                                Verb.GET,
                                PATH,
                                List.of(Names.NAMESPACE, SERVICE, Names.GROUP, PAGE_NO, PAGE_SIZE, Reads.CONSISTENCY),
                                "Lists what operators laid over ephemeral instances, a page at a time",
                                reads.offTheLoop(this::list))
                        .access(Access.READ),
                Route.of(
                                Verb.DELETE,
                                PATH,
                                params(Names.OF_SERVICE, InstanceParams.IDENTITY),
                                "Takes back what operators laid over an ephemeral instance",
                                this::remove)
                        .access(Access.WRITE));
    }

    private Supplier<Answer> list(ApiRequest request) {
        String namespace = request.get(Names.NAMESPACE, ServiceName.PUBLIC);
        String group = request.get(Names.GROUP, ServiceName.DEFAULT_GROUP);
        Optional<ServiceName> service = request.find(SERVICE).map(name -> service(namespace, group, name));
        int pageNo = request.get(PAGE_NO, 1);
        int pageSize = request.get(PAGE_SIZE, DEFAULT_PAGE_SIZE);
        return () -> {
            List<OverlayView> found = service.map(registry.index()::overlays)
                    .orElseGet(() -> registry.index().overlays(namespace));
            List<OverlayView> page = Pages.page(found, pageNo, pageSize);
            return Json.object(json -> {
                json.writeNumberField("count", found.size());
                json.writeArrayFieldStart("list");
                for (OverlayView view : page) {
                    write(json, view);
                }
                json.writeEndArray();
            });
        };
    }

    private static ServiceName service(String namespace, String group, String name) {
        try {
            return ServiceName.of(namespace, group, name);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static void write(JsonGenerator json, OverlayView view) throws IOException {
        json.writeStartObject();
        json.writeStringField("namespaceId", view.service().namespaceId());
        json.writeStringField("serviceName", view.service().grouped());
        json.writeStringField("ip", view.instance().ip());
        json.writeNumberField("port", view.instance().port());
        json.writeStringField("clusterName", view.instance().cluster());
        json.writeBooleanField("registered", view.registered());
        Overlays.write(json, view.stored(), view.pending());
        json.writeEndObject();
    }

    private CompletionStage<Answer> remove(ApiRequest request) {
        return registry.edits()
                .removeOverlay(Names.service(request), InstanceParams.key(request), Callers.of(request))
                .thenApply(outcome -> InstanceApi.saying(outcome, Answer.OK))
                .exceptionally(failure -> {
                    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                    throw cause instanceof RegistryException.NotFound absent
                            ? Refusal.notFound(String.valueOf(absent.getMessage()))
                            : new CompletionException(cause);
                });
    }
}
