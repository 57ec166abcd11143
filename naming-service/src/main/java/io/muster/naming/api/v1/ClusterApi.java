package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Limits;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.UnhealthyDeletion;
import io.muster.naming.registry.Services;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Clusters of a service as admins describe them (nacos-v1-http.md §4.2). */
final class ClusterApi {

    private static final Param<String> CLUSTER = Names.CLUSTER.required();

    private static final Param<Integer> CHECK_PORT =
            Param.integer("checkPort", 0, Limits.PORT_MAX, "80").required();

    private static final Param<Boolean> USE_INSTANCE_PORT =
            Param.word("useInstancePort4Check").required();

    private static final Param<HealthChecker> HEALTH_CHECKER = Texts.HEALTH_CHECKER.required();

    private final Services services;

    ClusterApi(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(Route.of(
                        Verb.PUT,
                        "/v1/ns/cluster",
                        params(
                                Names.OF_SERVICE,
                                List.of(CLUSTER, CHECK_PORT, USE_INSTANCE_PORT, HEALTH_CHECKER, Texts.METADATA)),
                        "Describes a cluster of a service: how its instances are checked",
                        this::put)
                .access(Access.WRITE));
    }

    private CompletionStage<Answer> put(ApiRequest request) {
        ClusterDefinition definition = new ClusterDefinition(
                request.get(HEALTH_CHECKER),
                request.get(CHECK_PORT),
                request.get(USE_INSTANCE_PORT),
                request.get(Texts.METADATA, Metadata.EMPTY));
        mustMakeSense(definition);
        return services.putCluster(Names.newService(request), request.get(CLUSTER), definition, Callers.of(request))
                .thenApply(done -> Answer.OK);
    }

    /** What would switch checks or deletion off without a sign is refused. */
    private static void mustMakeSense(ClusterDefinition definition) {
        if (definition.healthChecker().type() != HealthChecker.Type.NONE
                && !definition.useInstancePort()
                && definition.checkPort() == 0) {
            throw Refusal.badRequest("Param 'checkPort' must be 1 or more where 'useInstancePort4Check' is false");
        }
        try {
            UnhealthyDeletion.millis(definition.metadata());
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("Param 'metadata': " + e.getMessage());
        }
    }
}
