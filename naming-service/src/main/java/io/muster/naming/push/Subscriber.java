package io.muster.naming.push;

import io.muster.naming.list.NameForm;
import io.muster.naming.model.ServiceName;

/**
 * A client that wants to be told of changes of a service.
 *
 * @param service what it wants
 * @param clusters the clusters that it asked for, as it wrote them; it finds its data by that text
 * @param host where to send packets
 * @param port where to send packets
 * @param names the form of names that its software reads
 * @param agent its software, for people
 * @param app its application, for people
 */
public record Subscriber(
        ServiceName service, String clusters, String host, int port, NameForm names, String agent, String app) {

    /** What tells subscribers apart; the rest may change with a refresh. */
    Id id() {
        return new Id(service, clusters, host, port);
    }

    record Id(ServiceName service, String clusters, String host, int port) {}
}
