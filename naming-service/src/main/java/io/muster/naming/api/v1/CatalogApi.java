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
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceIds;
import io.muster.naming.model.Limits;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.ServiceIndex;
import io.muster.naming.registry.ServiceView;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Services and instances as consoles page through them (nacos-v1-http.md §4.4). Name filters are literal parts of
 * names, pages count from 1, and counts are of all that match.
 */
final class CatalogApi {

    private static final String PATH = "/v1/ns/catalog/";
    private static final int DEFAULT_PAGE_SIZE = 20;

    private static final Param<Integer> PAGE_NO = Param.integer("pageNo", 0, Integer.MAX_VALUE, "1");
    private static final Param<Integer> PAGE_SIZE = Param.integer("pageSize", 0, Integer.MAX_VALUE, "20");

    private static final Param<String> NAME_PART =
            Param.text("serviceNameParam", Limits.SERVICE_NAME_CHARS_MAX, "order");

    private static final Param<String> GROUP_PART = Param.text("groupNameParam", Limits.GROUP_CHARS_MAX, "DEFAULT");

    /** Services that hold an instance of that address, or of that address and port. */
    private static final Param<String> ADDRESS = Param.text("instance", Limits.HOST_CHARS_MAX + 1 + 5, "10.0.0.1:8080");

    /** Only services that hold instances. */
    private static final Param<Boolean> HAS_INSTANCES = Param.onlyTrue("hasIpCount");

    private static final Param<Boolean> WITH_INSTANCES = Param.onlyTrue("withInstances");

    private static final Param<String> CLUSTER = Names.CLUSTER.required();

    private final Registry registry;
    private final ServiceIndex index;
    private final Reads reads;

    CatalogApi(Registry registry, Reads reads) {
        this.registry = registry;
        this.index = registry.index();
        this.reads = reads;
    }

    List<Route> routes() {
        return List.of(
                Route.of(
                                Verb.GET,
                                PATH + "services",
                                List.of(
                                        Names.NAMESPACE,
                                        NAME_PART,
                                        GROUP_PART,
                                        ADDRESS,
                                        HAS_INSTANCES,
                                        WITH_INSTANCES,
                                        PAGE_NO,
                                        PAGE_SIZE,
                                        Reads.CONSISTENCY),
                                "Lists services with their counts, a page at a time",
                                reads.offTheLoop(this::services))
                        .access(Access.READ),
                Route.of(
                                Verb.GET,
                                PATH + "service",
                                params(Names.OF_SERVICE, List.of(Reads.CONSISTENCY)),
                                "Shows a service with its clusters in full",
                                reads.offTheLoop(this::service))
                        .access(Access.READ),
                Route.of(
                                Verb.GET,
                                PATH + "instances",
                                params(Names.OF_SERVICE, List.of(CLUSTER, PAGE_NO, PAGE_SIZE, Reads.CONSISTENCY)),
                                "Lists the instances of a cluster, disabled ones too, a page at a time",
                                reads.offTheLoop(this::instances))
                        .access(Access.READ));
    }

    private Supplier<Answer> services(ApiRequest request) {
        String namespace = request.get(Names.NAMESPACE, ServiceName.PUBLIC);
        String namePart = request.get(NAME_PART, "");
        String groupPart = request.get(GROUP_PART, "");
        String address = request.get(ADDRESS, "");
        boolean hasInstances = request.get(HAS_INSTANCES, false);
        boolean withInstances = request.get(WITH_INSTANCES, false);
        int pageNo = request.get(PAGE_NO, 1);
        int pageSize = request.get(PAGE_SIZE, DEFAULT_PAGE_SIZE);
        Predicate<ServiceName> matches = name -> name.name().contains(namePart)
                && name.group().contains(groupPart)
                && (!hasInstances || holds(name, view -> !view.instances().isEmpty()))
                && (address.isEmpty() || holds(name, view -> bearsAddress(view, address)));
        return () -> reads.unlessWarmingUp(() -> {
            List<ServiceName> found =
                    index.names(namespace).stream().filter(matches).toList();
            List<ServiceView> page = Pages.page(found, pageNo, pageSize).stream()
                    .flatMap(name -> index.find(name).stream())
                    .toList();
            return withInstances ? detailed(page) : counted(page, found.size());
        });
    }

    private boolean holds(ServiceName name, Predicate<ServiceView> predicate) {
        return index.find(name).filter(predicate).isPresent();
    }

    private static boolean bearsAddress(ServiceView view, String address) {
        return view.instances().stream()
                .anyMatch(instance ->
                        instance.ip().equals(address) || (instance.ip() + ":" + instance.port()).equals(address));
    }

    private static Answer counted(List<ServiceView> page, int count) {
        return Json.object(json -> {
            json.writeArrayFieldStart("serviceList");
            for (ServiceView view : page) {
                json.writeStartObject();
                json.writeStringField("name", view.name().name());
                json.writeStringField("groupName", view.name().group());
                json.writeNumberField("clusterCount", view.clusters().size());
                json.writeNumberField("ipCount", view.instances().size());
                json.writeNumberField("healthyInstanceCount", view.healthyCount());
                json.writeStringField("triggerFlag", Boolean.toString(view.isProtecting()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("count", count);
        });
    }

    private static Answer detailed(List<ServiceView> page) {
        return Answer.json(Json.bytes(json -> {
            json.writeStartArray();
            for (ServiceView view : page) {
                json.writeStartObject();
                json.writeStringField("serviceName", view.name().name());
                json.writeStringField("groupName", view.name().group());
                json.writeObjectFieldStart("clusterMap");
                for (String cluster : view.clusters().keySet()) {
                    json.writeObjectFieldStart(cluster);
                    json.writeArrayFieldStart("hosts");
                    for (InstanceView instance : view.instancesIn(List.of(cluster))) {
                        writeHost(json, instance);
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                }
                json.writeEndObject();
                Json.writeMetadata(json, "metadata", view.definition().metadata());
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    private static void writeHost(JsonGenerator json, InstanceView instance) throws IOException {
        Instance shown = instance.shown();
        json.writeStartObject();
        json.writeBooleanField("valid", instance.healthy());
        Json.writeMetadata(json, "metadata", shown.metadata());
        json.writeNumberField("port", shown.port());
        json.writeStringField("ip", shown.ip());
        json.writeNumberField("weight", shown.weight());
        json.writeBooleanField("enabled", shown.enabled());
        json.writeEndObject();
    }

    private Supplier<Answer> service(ApiRequest request) {
        ServiceName service = Names.service(request);
        return () -> inFull(ServiceApi.require(registry.services(), service));
    }

    private static Answer inFull(ServiceView view) {
        return Json.object(json -> {
            json.writeObjectFieldStart("service");
            json.writeStringField("name", view.name().name());
            json.writeStringField("groupName", view.name().group());
            json.writeNumberField("protectThreshold", view.definition().protectThreshold());
            Texts.write(json, "selector", view.definition().selector());
            Json.writeMetadata(json, "metadata", view.definition().metadata());
            json.writeEndObject();
            json.writeArrayFieldStart("clusters");
            for (Map.Entry<String, ClusterDefinition> cluster : view.clusters().entrySet()) {
                boolean empty = view.instancesIn(List.of(cluster.getKey())).isEmpty();
                writeCluster(json, view.name(), cluster.getKey(), cluster.getValue(), empty);
            }
            json.writeEndArray();
        });
    }

    /** With the fields of Nacos 1.4.8, two of which nothing sets, there as here. */
    private static void writeCluster(
            JsonGenerator json, ServiceName service, String name, ClusterDefinition cluster, boolean empty)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("serviceName", service.grouped());
        json.writeStringField("name", name);
        Texts.write(json, "healthChecker", cluster.healthChecker());
        json.writeNumberField("defaultPort", ClusterDefinition.DEFAULT_CHECK_PORT);
        json.writeNumberField("defaultCheckPort", cluster.checkPort());
        json.writeBooleanField("useIPPort4Check", cluster.useInstancePort());
        Json.writeMetadata(json, "metadata", cluster.metadata());
        json.writeStringField("sitegroup", "");
        json.writeNumberField("defCkport", cluster.checkPort());
        json.writeNumberField("defIPPort", ClusterDefinition.DEFAULT_CHECK_PORT);
        json.writeBooleanField("empty", empty);
        json.writeEndObject();
    }

    private Supplier<Answer> instances(ApiRequest request) {
        ServiceName service = Names.service(request);
        String cluster = request.get(CLUSTER);
        int pageNo = request.get(PAGE_NO, 1);
        int pageSize = request.get(PAGE_SIZE, DEFAULT_PAGE_SIZE);
        return () -> instances(service, cluster, pageNo, pageSize);
    }

    private Answer instances(ServiceName service, String cluster, int pageNo, int pageSize) {
        ServiceView view = ServiceApi.require(registry.services(), service);
        if (!view.clusters().containsKey(cluster)) {
            throw Refusal.notFound("cluster " + cluster + " is not found!");
        }
        List<InstanceView> all = view.instancesIn(List.of(cluster));
        return Json.object(json -> {
            json.writeArrayFieldStart("list");
            for (InstanceView instance : Pages.page(all, pageNo, pageSize)) {
                writeInstance(json, service, instance);
            }
            json.writeEndArray();
            json.writeNumberField("count", all.size());
        });
    }

    private void writeInstance(JsonGenerator json, ServiceName service, InstanceView instance) throws IOException {
        Instance shown = instance.shown();
        json.writeStartObject();
        json.writeStringField("instanceId", instance.instanceId());
        json.writeStringField("ip", shown.ip());
        json.writeNumberField("port", shown.port());
        json.writeNumberField("weight", shown.weight());
        json.writeBooleanField("healthy", instance.healthy());
        json.writeBooleanField("enabled", shown.enabled());
        json.writeBooleanField("ephemeral", shown.ephemeral());
        json.writeStringField("clusterName", shown.cluster());
        json.writeStringField("serviceName", service.grouped());
        Json.writeMetadata(json, "metadata", shown.metadata());
        json.writeBooleanField("marked", false);
        json.writeStringField("app", shown.app());
        HeartbeatSettings heartbeat = registry.registrations().heartbeat(instance);
        json.writeNumberField("instanceHeartBeatInterval", heartbeat.intervalMillis());
        json.writeNumberField("instanceHeartBeatTimeOut", heartbeat.unhealthyAfterMillis());
        json.writeNumberField("ipDeleteTimeout", heartbeat.removeAfterMillis());
        json.writeStringField("instanceIdGenerator", InstanceIds.generator(shown.metadata()));
        Overlays.write(json, instance);
        HealthTexts.write(json, instance);
        json.writeEndObject();
    }
}
