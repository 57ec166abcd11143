package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.model.ServiceName;
import io.muster.naming.push.Subscriber;
import java.io.IOException;
import java.util.Comparator;

/**
 * A subscriber as people see it, whichever member pushes to it (nacos-v1-http.md §4.1).
 *
 * @param clusters those that it asked for, as it wrote them
 * @param host where it is pushed to
 * @param port where it is pushed to
 * @param agent its software
 * @param app its application
 */
public record ListedSubscriber(ServiceName service, String clusters, String host, int port, String agent, String app) {

    /** Over all fields, so that lists of several members merge into one order. */
    static final Comparator<ListedSubscriber> ORDER = Comparator.comparing(ListedSubscriber::service)
            .thenComparing(ListedSubscriber::host)
            .thenComparing(ListedSubscriber::port)
            .thenComparing(ListedSubscriber::clusters)
            .thenComparing(ListedSubscriber::agent)
            .thenComparing(ListedSubscriber::app);

    static ListedSubscriber of(Subscriber one) {
        return new ListedSubscriber(one.service(), one.clusters(), one.host(), one.port(), one.agent(), one.app());
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("addrStr", host + ":" + port);
        json.writeStringField("agent", agent);
        json.writeStringField("app", app);
        json.writeStringField("ip", host);
        json.writeNumberField("port", port);
        json.writeStringField("namespaceId", service.namespaceId());
        json.writeStringField("serviceName", service.grouped());
        json.writeStringField("cluster", clusters);
        json.writeEndObject();
    }
}
