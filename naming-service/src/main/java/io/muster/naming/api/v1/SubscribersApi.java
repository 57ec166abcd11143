package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.ServiceName;
import io.muster.naming.push.Subscriber;
import io.muster.naming.push.Subscribers;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Who subscribes to services, over all members (nacos-v1-http.md §4.1). Each member knows those whom it pushes to; a
 * client that only polls shows nowhere, as in Nacos. Members that are missing from the answer are named in it: Nacos
 * leaves them out in silence.
 */
final class SubscribersApi {

    private static final int DEFAULT_PAGE_SIZE = 1000;

    private static final Param<Integer> PAGE_NO = Param.integer("pageNo", 0, Integer.MAX_VALUE, "1");
    private static final Param<Integer> PAGE_SIZE = Param.integer("pageSize", 0, Integer.MAX_VALUE, "10");

    private final Subscribers subscribers;
    private final OtherMembers others;

    SubscribersApi(Subscribers subscribers, OtherMembers others) {
        this.subscribers = subscribers;
        this.others = others;
    }

    List<Route> routes() {
        return List.of(Route.of(
                        Verb.GET,
                        "/v1/ns/service/subscribers",
                        params(Names.OF_SERVICE, List.of(PAGE_NO, PAGE_SIZE, Aggregation.AGGREGATION)),
                        "Lists who is pushed changes of the services whose names contain the given ones",
                        this::subscribers)
                .access(Access.READ));
    }

    private CompletionStage<Answer> subscribers(ApiRequest request) {
        ServiceName service = Names.service(request);
        int pageNo = request.get(PAGE_NO, 1);
        int pageSize = request.get(PAGE_SIZE, DEFAULT_PAGE_SIZE);
        CompletionStage<List<OtherMembers.Part<ListedSubscriber>>> elsewhere =
                request.get(Aggregation.AGGREGATION, true)
                        ? others.subscribers(service)
                        : CompletableFuture.completedFuture(List.of());
        Context loop = Vertx.currentContext();
        return elsewhere.thenCompose(parts -> loop.executeBlocking(() -> answer(service, parts, pageNo, pageSize))
                .toCompletionStage());
    }

    /** Sorted and paged once, over all members: a client that went from one to another is told once. */
    private Answer answer(
            ServiceName service, List<OtherMembers.Part<ListedSubscriber>> parts, int pageNo, int pageSize) {
        TreeSet<ListedSubscriber> found = new TreeSet<>(ListedSubscriber.ORDER);
        for (Subscriber one : subscribers.matching(service.namespaceId(), service.group(), service.name())) {
            found.add(ListedSubscriber.of(one));
        }
        parts.forEach(part -> found.addAll(part.told()));
        List<String> unanswered = Aggregation.unanswered(parts);
        Answer answer = Json.object(json -> {
            json.writeArrayFieldStart("subscribers");
            for (ListedSubscriber one : Pages.page(List.copyOf(found), pageNo, pageSize)) {
                one.write(json);
            }
            json.writeEndArray();
            json.writeNumberField("count", found.size());
            Aggregation.write(json, unanswered);
        });
        return Aggregation.marked(answer, unanswered);
    }
}
