package io.muster.naming.api.v1;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.Limits;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.ServiceChecksum;
import io.muster.naming.registry.ServiceIndex;
import java.util.List;
import java.util.function.Supplier;

/**
 * What this node knows of a service, in a form to compare with what another knows (nacos-v1-http.md §3.1, §4.1). In
 * Nacos the members ask each other these things; here they are for operators and their scripts.
 */
final class ServiceStateApi {

    private static final String CHECKSUM_PATH = "/v1/ns/service/checksum";
    private static final String NAMESPACE_END = "##";

    private static final int KEY_CHARS_MAX = Limits.NAMESPACE_CHARS_MAX
            + NAMESPACE_END.length()
            + Limits.GROUP_CHARS_MAX
            + 2
            + Limits.SERVICE_NAME_CHARS_MAX;

    /** {@code group@@name}, with {@code namespace##} in front unless it is the public one. */
    private static final Param<ServiceName> KEY = Param.text(
                    "key", KEY_CHARS_MAX, "public##DEFAULT_GROUP@@orders", ServiceStateApi::service)
            .required();

    private final ServiceIndex index;
    private final Reads reads;

    ServiceStateApi(ServiceIndex index, Reads reads) {
        this.index = index;
        this.reads = reads;
    }

    List<Route> routes() {
        String summary = "Shows a digest of all that this node knows of a service, equal on nodes that know the same";
        return List.of(
                Route.of(Verb.GET, CHECKSUM_PATH, Names.OF_SERVICE, summary, reads.offTheLoop(this::checksum))
                        .access(Access.READ),
                Route.of(Verb.PUT, CHECKSUM_PATH, Names.OF_SERVICE, summary, reads.offTheLoop(this::checksum))
                        .access(Access.WRITE),
                Route.of(
                                Verb.GET,
                                "/v1/ns/instance/statuses",
                                List.of(KEY),
                                "Lists the instances of a service with their true health",
                                reads.offTheLoop(this::statuses))
                        .access(Access.READ));
    }

    private static ServiceName service(String key) {
        int end = key.indexOf(NAMESPACE_END);
        String namespace = end < 0 ? ServiceName.PUBLIC : key.substring(0, end);
        String name = end < 0 ? key : key.substring(end + NAMESPACE_END.length());
        return ServiceName.of(namespace, ServiceName.DEFAULT_GROUP, name);
    }

    private Supplier<Answer> checksum(ApiRequest request) {
        ServiceName service = Names.service(request);
        return () -> index.find(service)
                .map(view -> Json.object(json -> json.writeStringField("checksum", ServiceChecksum.of(view))))
                .orElseGet(() -> absent("service " + service.grouped() + " is not found!"));
    }

    private Supplier<Answer> statuses(ApiRequest request) {
        ServiceName service = request.get(KEY);
        return () -> index.find(service)
                .map(view -> Json.object(json -> {
                    json.writeArrayFieldStart("ips");
                    for (InstanceView instance : view.instances()) {
                        json.writeString(instance.ip() + ":" + instance.port() + "_" + instance.healthy());
                    }
                    json.writeEndArray();
                }))
                .orElseGet(() -> absent("service: " + service.grouped() + " not found."));
    }

    private Answer absent(String text) {
        return reads.unlessWarmingUp(() -> Answer.text(404, text));
    }
}
