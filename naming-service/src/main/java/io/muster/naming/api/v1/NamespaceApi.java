package io.muster.naming.api.v1;

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
import io.muster.naming.model.Metadata;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.NamespaceCounts;
import io.muster.naming.registry.Namespaces;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.RegistryException;
import io.muster.naming.registry.ServiceIndex;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Namespaces as the console and admins' scripts handle them (nacos-v1-http.md §7.3). The public one is called "" here
 * and {@code public} by naming.
 */
final class NamespaceApi {

    private static final String PATH = "/v1/console/namespaces";

    /** Nacos shows a quota of configurations; nothing here has one. */
    private static final int QUOTA = 200;

    private static final int TYPE_PUBLIC = 0;
    private static final int TYPE_CUSTOM = 2;

    /** {@code all} asks for one namespace with its description. */
    private static final Param<String> SHOW = Param.text("show", 16, "list");

    private static final Param<Boolean> CHECK_EXISTS = Param.onlyTrue("checkNamespaceIdExist");

    private static final Param<String> CUSTOM_ID =
            Param.text("customNamespaceId", Limits.NAMESPACE_CHARS_MAX, "dev", NamespaceApi::legalId);

    private static final Param<String> NAME = Param.text("namespaceName", Limits.NAMESPACE_CHARS_MAX, "development")
            .requiredBySpring();

    private static final Param<String> SHOWN_NAME = Param.text(
                    "namespaceShowName", Limits.NAMESPACE_CHARS_MAX, "development")
            .requiredBySpring();

    private static final Param<String> DESCRIPTION =
            Param.text("namespaceDesc", Limits.TEXT_CHARS_MAX, "for developers");

    /** Which one to change; blank for the public one. */
    private static final Param<String> ID =
            Param.text("namespace", Limits.NAMESPACE_CHARS_MAX, "dev", NamespaceApi::legalId);

    private static final Param<String> DELETED = Param.text(
                    "namespaceId", Limits.NAMESPACE_CHARS_MAX, "dev", NamespaceApi::legalId)
            .requiredBySpring();

    private static final Answer TRUE = Answer.json(Buffer.buffer("true"));
    private static final Answer FALSE = Answer.json(Buffer.buffer("false"));

    private final Namespaces namespaces;
    private final ServiceIndex index;
    private final Reads reads;

    NamespaceApi(Registry registry, Reads reads) {
        this.namespaces = registry.namespaces();
        this.index = registry.index();
        this.reads = reads;
    }

    List<Route> routes() {
        return List.of(
                Route.of(
                                Verb.GET,
                                PATH,
                                List.of(SHOW, CHECK_EXISTS, Names.NAMESPACE, CUSTOM_ID, Reads.CONSISTENCY),
                                "Lists the namespaces, shows one (show=all), or says whether one exists",
                                reads.offTheLoop(this::read))
                        .access(Access.READ),
                Route.of(
                        Verb.POST,
                        PATH,
                        List.of(CUSTOM_ID, NAME, DESCRIPTION, Texts.METADATA),
                        "Creates a namespace; false if it is there already",
                        this::create),
                Route.of(
                        Verb.PUT,
                        PATH,
                        List.of(ID, SHOWN_NAME, DESCRIPTION, Texts.METADATA),
                        "Renames and describes a namespace",
                        this::update),
                Route.of(Verb.DELETE, PATH, List.of(DELETED), "Deletes a namespace without services", this::delete));
    }

    private static String legalId(String id) {
        return new NamespaceDefinition(id, id, "", Metadata.EMPTY).id();
    }

    private Supplier<Answer> read(ApiRequest request) {
        String show = request.get(SHOW, "list");
        String id = request.get(Names.NAMESPACE, ServiceName.PUBLIC);
        Optional<String> custom = request.find(CUSTOM_ID);
        if (request.get(CHECK_EXISTS, false)) {
            return () -> custom.flatMap(namespaces::find).isPresent() ? TRUE : FALSE;
        }
        return show.equals("all") ? () -> one(id) : this::all;
    }

    private Answer one(String id) {
        NamespaceDefinition one = namespaces.find(id).orElseThrow(() -> Refusal.notFound("namespace not found: " + id));
        NamespaceCounts counts = index.countsByNamespace().getOrDefault(one.id(), NamespaceCounts.NONE);
        return Json.object(json -> {
            writeFields(json, one, counts);
            json.writeStringField("namespaceDesc", one.description());
            Json.writeMetadata(json, "metadata", one.metadata());
        });
    }

    private Answer all() {
        Map<String, NamespaceCounts> counts = index.countsByNamespace();
        return Json.restResult(json -> {
            json.writeStartArray();
            for (NamespaceDefinition one : namespaces.list()) {
                json.writeStartObject();
                writeFields(json, one, counts.getOrDefault(one.id(), NamespaceCounts.NONE));
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void writeFields(JsonGenerator json, NamespaceDefinition one, NamespaceCounts counts)
            throws IOException {
        boolean isPublic = one.id().equals(ServiceName.PUBLIC);
        json.writeStringField("namespace", isPublic ? "" : one.id());
        json.writeStringField("namespaceShowName", one.name());
        json.writeNumberField("quota", QUOTA);
        json.writeNumberField("configCount", 0);
        json.writeNumberField("type", isPublic ? TYPE_PUBLIC : TYPE_CUSTOM);
        json.writeNumberField("serviceCount", counts.services());
        json.writeNumberField("instanceCount", counts.instances());
    }

    private CompletionStage<Answer> create(ApiRequest request) {
        NamespaceDefinition definition = new NamespaceDefinition(
                request.find(CUSTOM_ID).orElseGet(() -> UUID.randomUUID().toString()),
                request.get(NAME),
                request.get(DESCRIPTION, ""),
                request.get(Texts.METADATA, Metadata.EMPTY));
        return namespaces
                .create(definition, Callers.of(request))
                .thenApply(done -> TRUE)
                .exceptionally(failure -> {
                    if (causeOf(failure) instanceof RegistryException.AlreadyExists) {
                        return FALSE;
                    }
                    throw new CompletionException(causeOf(failure));
                });
    }

    private CompletionStage<Answer> update(ApiRequest request) {
        return found(namespaces.update(
                request.get(ID, ServiceName.PUBLIC),
                request.get(SHOWN_NAME),
                request.get(DESCRIPTION, ""),
                request.find(Texts.METADATA),
                Callers.of(request)));
    }

    private CompletionStage<Answer> delete(ApiRequest request) {
        return found(namespaces.delete(request.get(DELETED), Callers.of(request)));
    }

    private static CompletionStage<Answer> found(CompletionStage<Void> change) {
        return change.thenApply(done -> TRUE).exceptionally(failure -> {
            throw causeOf(failure) instanceof RegistryException.NotFound absent
                    ? Refusal.notFound(String.valueOf(absent.getMessage()))
                    : new CompletionException(causeOf(failure));
        });
    }

    private static Throwable causeOf(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
