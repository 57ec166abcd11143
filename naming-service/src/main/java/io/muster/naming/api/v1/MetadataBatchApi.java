package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.JsonTexts;
import io.muster.naming.api.Listening;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.MetadataBatch;
import io.muster.naming.registry.MetadataBatch.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Metadata of many instances at once (nacos-v1-http.md §3.4). What is not found is left out of the answer; what can't
 * be read is refused.
 */
final class MetadataBatchApi {

    private static final String PATH = "/v1/ns/instance/metadata/batch";

    /** All instances of one kind. */
    private enum Kind {
        EPHEMERAL,
        PERSIST
    }

    private static final Param<Kind> KIND = Param.choice("consistencyType", Kind.class);

    private static final Param<List<Target>> INSTANCES = Param.structured(
            "instances",
            Listening.BODY_BYTES_MAX,
            "[{\"ip\":\"10.0.0.1\",\"port\":8080,\"ephemeral\":true,\"clusterName\":\"DEFAULT\"}]",
            MetadataBatchApi::targets);

    private static final Param<Metadata> METADATA = Texts.METADATA.required();

    private final MetadataBatch batch;

    MetadataBatchApi(MetadataBatch batch) {
        this.batch = batch;
    }

    List<Route> routes() {
        var params = params(Names.OF_SERVICE, List.of(KIND, INSTANCES, METADATA));
        return List.of(
                Route.of(
                                Verb.PUT,
                                PATH,
                                params,
                                "Puts metadata keys of many instances",
                                request -> edit(request, MetadataEdit::put))
                        .access(Access.WRITE),
                Route.of(
                                Verb.DELETE,
                                PATH,
                                params,
                                "Drops metadata keys of many instances",
                                request -> edit(
                                        request,
                                        named -> MetadataEdit.remove(
                                                named.toMap().keySet())))
                        .access(Access.WRITE));
    }

    private CompletionStage<Answer> edit(ApiRequest request, Function<Metadata, MetadataEdit> meaning) {
        ServiceName service = Names.service(request);
        MetadataEdit edit = meaning.apply(request.get(METADATA));
        Optional<Kind> kind = request.find(KIND);
        Optional<List<Target>> listed = request.find(INSTANCES);
        List<Target> targets = kind.map(all -> batch.all(service, all == Kind.EPHEMERAL))
                .or(() -> listed)
                .orElseThrow(() -> Refusal.badRequest(INSTANCES.required().missing()));
        return batch.edit(service, targets, edit, Callers.of(request))
                .thenApply(result -> InstanceApi.saying(result.overlay(), updated(result.updated())));
    }

    private static Answer updated(List<Target> targets) {
        return Json.object(json -> {
            json.writeArrayFieldStart("updated");
            for (Target target : targets) {
                json.writeString(target.wireForm());
            }
            json.writeEndArray();
        });
    }

    private static List<Target> targets(String text) {
        JsonNode array = JsonTexts.read(text);
        if (!array.isArray()) {
            throw new IllegalArgumentException("is no JSON array");
        }
        List<Target> targets = new ArrayList<>();
        for (JsonNode element : array) {
            if (!element.isObject()) {
                throw new IllegalArgumentException("must be an array of objects");
            }
            JsonNode port = element.path("port");
            if (!port.canConvertToInt()) {
                throw new IllegalArgumentException("field 'port' must be an integer");
            }
            String cluster = element.path("clusterName").asText("");
            targets.add(new Target(
                    new InstanceKey(
                            element.path("ip").asText(""),
                            port.asInt(),
                            cluster.isBlank() ? InstanceKey.DEFAULT_CLUSTER : cluster.trim()),
                    element.path("ephemeral").asBoolean(true)));
        }
        return targets;
    }
}
