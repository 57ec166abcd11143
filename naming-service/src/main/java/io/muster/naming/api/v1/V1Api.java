package io.muster.naming.api.v1;

import io.muster.naming.api.HttpApi;
import io.muster.naming.api.Route;
import io.muster.naming.api.RouteTable;
import io.muster.naming.api.ServingGate;
import io.muster.naming.list.InstanceLists;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.push.PushStats;
import io.muster.naming.push.Subscribers;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.Switches;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;

/**
 * The HTTP API of Nacos 1.x for the naming service: all of its routes, ready to be mounted on a router. One for a
 * process, shared by all event loops.
 *
 * <p>The launcher hands it routes of its own ({@code /v1/ns/raft/…}, {@code /v1/ns/distro/…}, health of the process),
 * so that prefix, guard, gate, bounds, 405 and 501 are the same for all. Configure the HTTP server with {@link
 * io.muster.naming.api.Listening#options}.
 */
public final class V1Api {

    private final RouteTable table;
    private final HttpApi http;

    /**
     * @param more routes of the launcher
     */
    public V1Api(
            Registry registry,
            InstanceLists lists,
            Subscribers subscribers,
            PushStats pushes,
            V1Environment environment,
            List<Route> more) {
        ServingGate gate = new ServingGate(
                environment.readiness(), environment.writeReadiness(), () -> orders(registry.switches()));
        Reads reads = new Reads(registry, environment.warmUp());
        ClusterFacts cluster = environment.cluster();
        List<Route> routes = new ArrayList<>();
        routes.addAll(new InstanceApi(registry, reads).routes());
        routes.addAll(new OverlayApi(registry, reads).routes());
        routes.addAll(new BeatApi(registry.registrations()).routes());
        routes.addAll(new InstanceListApi(lists, subscribers, registry.switches(), reads, environment.pushToClientIp())
                .routes());
        routes.addAll(new MetadataBatchApi(registry.metadataBatch()).routes());
        routes.addAll(new ServiceStateApi(registry.index(), reads).routes());
        routes.addAll(OldPaths.of(routes));
        routes.addAll(new ServiceApi(registry, reads).routes());
        routes.addAll(new ServiceListApi(registry.index(), cluster, reads).routes());
        routes.addAll(new SubscribersApi(subscribers, environment.others()).routes());
        routes.addAll(new ClusterApi(registry.services()).routes());
        routes.addAll(new HealthApi(registry, cluster).routes());
        routes.addAll(new CatalogApi(registry, reads).routes());
        routes.addAll(new CheckTimesApi(registry.services(), environment.checkTimes(), environment.others()).routes());
        routes.addAll(new OperatorApi(registry.index(), pushes, cluster, gate, environment.warmUp()).routes());
        routes.addAll(new SwitchApi(registry.switches()).routes());
        routes.addAll(new NamespaceApi(registry, reads).routes());
        routes.addAll(new ConsoleApi(cluster, environment.version()).routes());
        routes.addAll(new AuthApi(environment.tokens()).routes());
        routes.addAll(more);
        this.table = new RouteTable(routes);
        this.http = new HttpApi(table, environment.guard(), gate, environment.leader(), environment.bodyBytesMax());
    }

    private static ServingGate.Orders orders(Switches switches) {
        SwitchSettings current = switches.current();
        return new ServingGate.Orders(current.serverStatus(), current.limitedUrls());
    }

    /** Serves all routes from the router. Whatever is mounted behind gets the paths that are nobody's here. */
    public void mount(Router router) {
        http.mount(router);
    }

    /** For what is published about the API, and for tests over all of it. */
    public List<Route> routes() {
        return table.routes();
    }
}
