package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.Limits;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.ServiceIndex;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Which services there are (nacos-v1-http.md §4.1). */
final class ServiceListApi {

    private static final String ALL_GROUPS = "*";

    private static final Param<Integer> PAGE_NO =
            Param.integer("pageNo", 0, Integer.MAX_VALUE, "1").required();

    private static final Param<Integer> PAGE_SIZE =
            Param.integer("pageSize", 0, Integer.MAX_VALUE, "10").required();

    /** Part of a service's name, taken literally: a user's regular expression can run for ever. */
    private static final Param<String> EXPRESSION = Param.text("expr", Limits.SERVICE_NAME_CHARS_MAX, "order");

    private static final Param<Boolean> RESPONSIBLE_ONLY = Param.onlyTrue("responsibleOnly");

    private final ServiceIndex index;
    private final ClusterFacts cluster;
    private final Reads reads;

    ServiceListApi(ServiceIndex index, ClusterFacts cluster, Reads reads) {
        this.index = index;
        this.cluster = cluster;
        this.reads = reads;
    }

    List<Route> routes() {
        return List.of(
                Route.of(
                                Verb.GET,
                                "/v1/ns/service/list",
                                List.of(
                                        PAGE_NO,
                                        PAGE_SIZE,
                                        Names.NAMESPACE,
                                        Names.GROUP,
                                        ServiceFilter.PARAM,
                                        Reads.CONSISTENCY),
                                "Lists the names of services, a page at a time; groupName=* for all groups",
                                reads.offTheLoop(this::list))
                        .access(Access.READ),
                Route.of(
                                Verb.GET,
                                "/v1/ns/service/names",
                                List.of(Names.NAMESPACE, EXPRESSION, RESPONSIBLE_ONLY, Reads.CONSISTENCY),
                                "Lists the names of services by namespace",
                                reads.offTheLoop(this::names))
                        .access(Access.READ),
                Route.of(
                                Verb.GET,
                                "/v1/ns/api/allDomNames",
                                List.of(Reads.CONSISTENCY),
                                "Lists the names of services by namespace, for clients before 0.8",
                                reads.offTheLoop(request -> () -> reads.unlessWarmingUp(this::allDomNames)))
                        .access(Access.READ));
    }

    private Supplier<Answer> list(ApiRequest request) {
        int pageNo = request.get(PAGE_NO);
        int pageSize = request.get(PAGE_SIZE);
        String namespace = request.get(Names.NAMESPACE, ServiceName.PUBLIC);
        String group = request.get(Names.GROUP, ServiceName.DEFAULT_GROUP);
        Optional<ServiceFilter> filter = request.find(ServiceFilter.PARAM);
        return () -> reads.unlessWarmingUp(() -> {
            boolean allGroups = group.equals(ALL_GROUPS);
            List<ServiceName> found = allGroups ? index.names(namespace) : index.names(namespace, group);
            if (filter.isPresent()) {
                found = found.stream()
                        .filter(name ->
                                index.find(name).filter(filter.get()::matches).isPresent())
                        .toList();
            }
            List<ServiceName> page = Pages.page(found, pageNo, pageSize);
            int count = found.size();
            return Json.object(json -> {
                json.writeArrayFieldStart("doms");
                for (ServiceName name : page) {
                    json.writeString(allGroups ? name.grouped() : name.name());
                }
                json.writeEndArray();
                json.writeNumberField("count", count);
            });
        });
    }

    private Supplier<Answer> names(ApiRequest request) {
        Optional<String> namespace = request.find(Names.NAMESPACE);
        String part = request.get(EXPRESSION, "");
        boolean responsibleOnly = request.get(RESPONSIBLE_ONLY, false);
        String self = cluster.self().address();
        return () -> reads.unlessWarmingUp(() -> {
            Map<String, Collection<String>> found = new LinkedHashMap<>();
            Map<String, List<ServiceName>> all = namespace
                    .<Map<String, List<ServiceName>>>map(one -> Map.of(one, index.names(one)))
                    .orElseGet(index::namesByNamespace);
            all.forEach((id, names) -> {
                TreeSet<String> matching = new TreeSet<>();
                for (ServiceName name : names) {
                    boolean mine =
                            !responsibleOnly || cluster.responsibleNode(name).equals(self);
                    if (mine && name.name().contains(part)) {
                        matching.add(name.name());
                    }
                }
                found.put(id, matching);
            });
            return Json.object(json -> {
                writeNames(json, "services", found);
                json.writeNumberField("count", found.size());
            });
        });
    }

    private Answer allDomNames() {
        Map<String, Collection<String>> found = new LinkedHashMap<>();
        int count = 0;
        for (Map.Entry<String, List<ServiceName>> entry :
                index.namesByNamespace().entrySet()) {
            count += entry.getValue().size();
            found.put(
                    entry.getKey(),
                    entry.getValue().stream().map(ServiceName::name).toList());
        }
        int total = count;
        return Json.object(json -> {
            json.writeNumberField("count", total);
            writeNames(json, "doms", found);
        });
    }

    private static void writeNames(JsonGenerator json, String field, Map<String, Collection<String>> byNamespace)
            throws IOException {
        json.writeObjectFieldStart(field);
        for (Map.Entry<String, Collection<String>> entry : byNamespace.entrySet()) {
            json.writeArrayFieldStart(entry.getKey());
            for (String name : entry.getValue()) {
                json.writeString(name);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
