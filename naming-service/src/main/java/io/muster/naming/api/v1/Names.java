package io.muster.naming.api.v1;

import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Limits;
import io.muster.naming.model.ServiceName;
import java.util.List;

/** How requests name services, groups, namespaces and clusters: one reading for all routes (nacos-v1-http.md §1.1). */
final class Names {

    static final Param<String> NAMESPACE = Param.text("namespaceId", Limits.NAMESPACE_CHARS_MAX, ServiceName.PUBLIC);

    /** Bare, or {@code group@@name}, which wins over {@link #GROUP}. */
    static final Param<String> SERVICE = Param.text(
                    "serviceName", Limits.GROUP_CHARS_MAX + 2 + Limits.SERVICE_NAME_CHARS_MAX, "orders")
            .alias("dom")
            .required();

    static final Param<String> GROUP = Param.text("groupName", Limits.GROUP_CHARS_MAX, ServiceName.DEFAULT_GROUP);

    static final Param<String> CLUSTER = Param.text(
                    "clusterName",
                    Limits.CLUSTER_CHARS_MAX,
                    InstanceKey.DEFAULT_CLUSTER,
                    Param.verbatim(InstanceKey::requireCluster))
            .alias("cluster");

    /** What every route takes that is about one service. */
    static final List<Param<?>> OF_SERVICE = List.of(NAMESPACE, SERVICE, GROUP);

    private Names() {}

    /** The service that a request is about; it need not exist, nor be one that could. */
    static ServiceName service(ApiRequest request) {
        String namespace = request.get(NAMESPACE, ServiceName.PUBLIC);
        String group = request.get(GROUP, ServiceName.DEFAULT_GROUP);
        try {
            return ServiceName.of(namespace, group, request.get(SERVICE));
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** The service that a request may bring into being: its name is one that services may bear. */
    static ServiceName newService(ApiRequest request) {
        ServiceName service = service(request);
        try {
            service.requireLegal();
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(e.getMessage() + " (Param '" + SERVICE.name() + "')");
        }
        return service;
    }
}
