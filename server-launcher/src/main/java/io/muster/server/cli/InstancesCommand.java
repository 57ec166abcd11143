package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster instances SERVICE}. */
@Command(name = "instances", description = "Shows the enabled instances of a service.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InstancesCommand extends AdminCommand {

    @Parameters(paramLabel = "SERVICE", description = "name, or GROUP@@name")
    private String service;

    @Option(names = "--namespace", paramLabel = "ID", defaultValue = "public", description = "default: public")
    private String namespace;

    @Option(names = "--group", paramLabel = "GROUP", defaultValue = "", description = "default: DEFAULT_GROUP")
    private String group;

    @Option(names = "--cluster", paramLabel = "NAMES", defaultValue = "", description = "default: all clusters")
    private String clusters;

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject answer = (JsonObject) api.get(
                        "/v1/ns/instance/list",
                        Map.of(
                                "serviceName", service,
                                "namespaceId", namespace,
                                "groupName", group,
                                "clusters", clusters))
                .json();
        JsonArray hosts = answer.getJsonArray("hosts");
        if (json()) {
            out.println(hosts.encodePrettily());
            return;
        }
        Table table = new Table("ADDRESS", "CLUSTER", "HEALTHY", "WEIGHT", "EPHEMERAL", "METADATA");
        for (int i = 0; i < hosts.size(); i++) {
            JsonObject host = hosts.getJsonObject(i);
            table.row(
                    host.getString("ip") + ":" + host.getInteger("port"),
                    host.getValue("clusterName"),
                    host.getValue("healthy"),
                    host.getValue("weight"),
                    host.getValue("ephemeral"),
                    host.getJsonObject("metadata", new JsonObject()).encode());
        }
        out.print(table);
    }
}
