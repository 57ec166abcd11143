package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.list.InstanceLists;
import io.muster.naming.list.ListAnswer;
import io.muster.naming.list.ListRequest;
import io.muster.naming.list.NameForm;
import io.muster.naming.model.ClientAgent;
import io.muster.naming.model.Limits;
import io.muster.naming.model.ServiceName;
import io.muster.naming.push.PushEligibility;
import io.muster.naming.push.Subscriber;
import io.muster.naming.push.Subscribers;
import io.muster.naming.registry.Switches;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Instance lists, and the subscriptions that come with asking for one (nacos-v1-http.md §3.2, §6.3). The hottest path:
 * each client polls it.
 */
final class InstanceListApi {

    private static final int CLUSTERS_CHARS_MAX = 4096;

    /** Comma list; empty for all. Echoed to the letter, since clients find their data by it. */
    private static final Param<String> CLUSTERS = Param.text("clusters", CLUSTERS_CHARS_MAX, "DEFAULT");

    private static final Param<Boolean> HEALTHY_ONLY = Param.onlyTrue("healthyOnly");
    private static final Param<String> CLIENT_IP = Param.text("clientIP", Limits.HOST_CHARS_MAX, "10.0.0.9");
    private static final Param<Integer> UDP_PORT = Param.integer("udpPort", 0, Limits.PORT_MAX, "0");
    private static final Param<String> ENV = Param.text("env", Limits.APP_CHARS_MAX, "test");
    private static final Param<Boolean> IS_CHECK = Param.onlyTrue("isCheck");

    private static final Answer EMPTY_OBJECT = Answer.json(Buffer.buffer("{}"));

    private final InstanceLists lists;
    private final Subscribers subscribers;
    private final Switches switches;
    private final Reads reads;
    private final boolean pushToClientIp;

    InstanceListApi(
            InstanceLists lists, Subscribers subscribers, Switches switches, Reads reads, boolean pushToClientIp) {
        this.lists = lists;
        this.subscribers = subscribers;
        this.switches = switches;
        this.reads = reads;
        this.pushToClientIp = pushToClientIp;
    }

    List<Route> routes() {
        Route list = Route.of(
                        Verb.GET,
                        "/v1/ns/instance/list",
                        params(
                                Names.OF_SERVICE,
                                List.of(
                                        CLUSTERS,
                                        HEALTHY_ONLY,
                                        CLIENT_IP,
                                        UDP_PORT,
                                        InstanceParams.APP,
                                        ENV,
                                        IS_CHECK,
                                        Reads.CONSISTENCY)),
                        "Lists the instances of a service; with udpPort, subscribes for pushes",
                        reads.asFreshAsAsked(this::list))
                .access(Access.READ);
        return List.of(list, list.at("/v1/ns/api/srvIPXT"));
    }

    private Supplier<Answer> list(ApiRequest request) {
        ServiceName service = Names.service(request);
        String clusters = request.get(CLUSTERS, "");
        boolean healthyOnly = request.get(HEALTHY_ONLY, false);
        String env = request.get(ENV, "");
        boolean isCheck = request.get(IS_CHECK, false);
        ClientAgent agent = request.agent();
        NameForm names = agent.isModernJava() ? NameForm.GROUPED : NameForm.BARE;
        int udpPort = request.get(UDP_PORT, 0);
        String app = request.get(InstanceParams.APP, "");
        Optional<String> clientIp = request.find(CLIENT_IP);
        if (isCheck) {
            return () -> EMPTY_OBJECT;
        }
        boolean pushed = udpPort > 0
                && PushEligibility.isEligible(agent, switches.current())
                && subscribers.subscribe(new Subscriber(
                        service, clusters, pushHost(request, clientIp), udpPort, names, agent.text(), app));
        ListRequest wanted = new ListRequest(service, clusters, healthyOnly, names, pushed, env);
        return () -> answer(lists.list(wanted));
    }

    /** The caller's own address, since a named one could be anybody's (nacos-v1-http.md §6.3). */
    private String pushHost(ApiRequest request, Optional<String> clientIp) {
        return clientIp.filter(named -> pushToClientIp).orElseGet(request::remoteHost);
    }

    private static Answer answer(ListAnswer list) {
        return list instanceof ListAnswer.Body body ? Answer.json(body.json()) : Reads.WARMING_UP;
    }
}
