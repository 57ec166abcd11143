package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.ServiceView;
import io.muster.naming.registry.Services;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How long health checks of a service take, by cluster and over all members (nacos-v1-http.md §4.4): each member checks a share of the instances. Best is the shortest time of an
 * instance, worst the longest, normalized the mean over instances; all 0 where nothing has been measured, since nothing is checked, or not yet.
 */
final class CheckTimesApi {

    private final Services services;
    private final CheckTimes here;
    private final OtherMembers others;

    CheckTimesApi(Services services, CheckTimes here, OtherMembers others) {
        this.services = services;
        this.here = here;
        this.others = others;
    }

    List<Route> routes() {
        return List.of(Route.of(
                        Verb.GET,
                        "/v1/ns/catalog/rt/service",
                        params(Names.OF_SERVICE, List.of(Aggregation.AGGREGATION)),
                        "Shows how long health checks of a service's clusters take, in milliseconds: best, worst and mean over the instances, whichever members check them",
                        this::times)
                .access(Access.READ));
    }

    private CompletionStage<Answer> times(ApiRequest request) {
        ServiceName service = Names.service(request);
        boolean aggregated = request.get(Aggregation.AGGREGATION, true);
        ServiceView view = ServiceApi.require(services, service);
        CompletionStage<List<OtherMembers.Part<ClusterTimes>>> elsewhere =
                aggregated ? others.checkTimes(service) : CompletableFuture.completedFuture(List.of());
        Context loop = Vertx.currentContext();
        return here.of(service)
                .thenCombine(elsewhere, (own, parts) -> (Callable<Answer>) () -> answer(view, own, parts))
                .thenCompose(answer -> loop.executeBlocking(answer).toCompletionStage());
    }

    /** Clusters that no member checks anything of are there, too; those that this one does not know are not. */
    private static Answer answer(
            ServiceView view, Map<String, AnswerTimes> own, List<OtherMembers.Part<ClusterTimes>> parts) {
        Map<String, AnswerTimes> all = new TreeMap<>(own);
        parts.stream()
                .flatMap(part -> part.told().stream())
                .forEach(told -> all.merge(told.cluster(), told.times(), AnswerTimes::plus));
        List<String> unanswered = Aggregation.unanswered(parts);
        Answer answer = Json.object(json -> {
            json.writeArrayFieldStart("clusters");
            for (String cluster : view.clusters().keySet()) {
                new ClusterTimes(cluster, all.getOrDefault(cluster, AnswerTimes.NONE)).write(json);
            }
            json.writeEndArray();
            Aggregation.write(json, unanswered);
        });
        return Aggregation.marked(answer, unanswered);
    }
}
