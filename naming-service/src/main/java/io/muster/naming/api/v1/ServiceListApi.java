package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

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
import io.muster.naming.push.Subscriber;
import io.muster.naming.push.Subscribers;
import io.muster.naming.registry.ServiceIndex;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Which services there are, and who subscribes to them (nacos-v1-http.md §4.1). */
final class ServiceListApi {

    private static final String ALL_GROUPS = "*";

    private static final Param<Integer> PAGE_NO =
            Param.integer("pageNo", 0, Integer.MAX_VALUE, "1").required();

    private static final Param<Integer> PAGE_SIZE =
            Param.integer("pageSize", 0, Integer.MAX_VALUE, "10").required();

    private static final Param<Integer> ANY_PAGE_NO = Param.integer("pageNo", 0, Integer.MAX_VALUE, "1");
    private static final Param<Integer> ANY_PAGE_SIZE = Param.integer("pageSize", 0, Integer.MAX_VALUE, "10");

    /** Part of a service's name, taken literally: a user's regular expression can run for ever. */
    private static final Param<String> EXPRESSION = Param.text("expr", Limits.SERVICE_NAME_CHARS_MAX, "order");

    private static final Param<Boolean> RESPONSIBLE_ONLY = Param.onlyTrue("responsibleOnly");

    /** Whether all members are to be asked; each node knows the subscribers that it pushes to. */
    private static final Param<Boolean> AGGREGATION = Param.onlyTrue("aggregation");

    private static final int DEFAULT_PAGE_SIZE = 1000;

    private final ServiceIndex index;
    private final Subscribers subscribers;
    private final ClusterFacts cluster;
    private final Reads reads;

    ServiceListApi(ServiceIndex index, Subscribers subscribers, ClusterFacts cluster, Reads reads) {
        this.index = index;
        this.subscribers = subscribers;
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
                Route.immediate(
                                Verb.GET,
                                "/v1/ns/service/subscribers",
                                params(Names.OF_SERVICE, List.of(ANY_PAGE_NO, ANY_PAGE_SIZE, AGGREGATION)),
                                "Lists who is pushed changes of the services whose names contain the given ones",
                                this::subscribers)
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
            List<ServiceName> page = page(found, pageNo, pageSize);
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

    /** Pages count from 1, and 0 means the first. In longs: clients ask for pages of 2³¹−1. */
    static <T> List<T> page(List<T> all, int pageNo, int pageSize) {
        long from = Math.min(all.size(), (Math.max(pageNo, 1) - 1L) * pageSize);
        long to = Math.min(all.size(), from + pageSize);
        return all.subList((int) from, (int) to);
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

    private Answer subscribers(ApiRequest request) {
        ServiceName service = Names.service(request);
        int pageNo = request.get(ANY_PAGE_NO, 1);
        int pageSize = request.get(ANY_PAGE_SIZE, DEFAULT_PAGE_SIZE);
        request.find(AGGREGATION);
        List<Subscriber> found = subscribers.matching(service.namespaceId(), service.group(), service.name());
        return Json.object(json -> {
            json.writeArrayFieldStart("subscribers");
            for (Subscriber one : page(found, pageNo, pageSize)) {
                json.writeStartObject();
                json.writeStringField("addrStr", one.host() + ":" + one.port());
                json.writeStringField("agent", one.agent());
                json.writeStringField("app", one.app());
                json.writeStringField("ip", one.host());
                json.writeNumberField("port", one.port());
                json.writeStringField("namespaceId", one.service().namespaceId());
                json.writeStringField("serviceName", one.service().grouped());
                json.writeStringField("cluster", one.clusters());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("count", found.size());
        });
    }
}
