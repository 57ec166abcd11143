package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster services}, and {@code muster services show SERVICE}. */
@Command(
        name = "services",
        description = "Shows the services of a namespace with their counts.",
        subcommands = ServicesCommand.Show.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServicesCommand extends AdminCommand {

    @Option(names = "--namespace", paramLabel = "ID", defaultValue = "public", description = "default: public")
    private String namespace;

    @Option(names = "--group", paramLabel = "GROUP", defaultValue = "", description = "default: all groups")
    private String group;

    @Option(
            names = "--name",
            paramLabel = "PART",
            defaultValue = "",
            description = "only services whose names contain this")
    private String part;

    @Option(names = "--empty", description = "only services without instances")
    private boolean empty;

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonArray all = Pages.all(
                api,
                "/v1/ns/catalog/services",
                Map.of("namespaceId", namespace, "groupNameParam", group, "serviceNameParam", part),
                "serviceList",
                0);
        JsonArray wanted = new JsonArray(all.stream()
                .map(JsonObject.class::cast)
                .filter(service ->
                        group.isEmpty() || service.getString("groupName").equals(group))
                .filter(service -> !empty || service.getInteger("ipCount") == 0)
                .toList());
        if (json()) {
            out.println(wanted.encodePrettily());
            return;
        }
        Table table = new Table("GROUP", "SERVICE", "CLUSTERS", "INSTANCES", "HEALTHY", "PROTECTING");
        wanted.stream()
                .map(JsonObject.class::cast)
                .forEach(service -> table.row(
                        service.getValue("groupName"),
                        service.getValue("name"),
                        service.getValue("clusterCount"),
                        service.getValue("ipCount"),
                        service.getValue("healthyInstanceCount"),
                        service.getString("triggerFlag").equals("true") ? "yes" : "no"));
        out.print(table);
    }

    /** {@code muster services show SERVICE}. */
    @Command(name = "show", description = "Shows what is declared of a service and of its clusters.")
    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    static final class Show extends AdminCommand {

        @Parameters(paramLabel = "SERVICE", description = "name, or GROUP@@name")
        private String service;

        @Mixin
        private ServiceScope scope;

        @Override
        void run(AdminApi api, PrintWriter out) {
            JsonObject answer = (JsonObject)
                    api.get("/v1/ns/catalog/service", scope.parameters(service)).json();
            if (json()) {
                out.println(answer.encodePrettily());
                return;
            }
            JsonObject declared = answer.getJsonObject("service");
            Table table = new Table("SERVICE", declared.getString("name"));
            table.row("group", declared.getValue("groupName"));
            table.row("protect threshold", declared.getValue("protectThreshold"));
            table.row("selector", declared.getValue("selector"));
            table.row("metadata", declared.getValue("metadata"));
            out.print(table);
            out.println();
            Table clusters = new Table("CLUSTER", "CHECK", "CHECKED PORT", "METADATA");
            answer.getJsonArray("clusters").stream()
                    .map(JsonObject.class::cast)
                    .forEach(cluster -> clusters.row(
                            cluster.getValue("name"),
                            check(cluster.getJsonObject("healthChecker")),
                            cluster.getBoolean("useIPPort4Check")
                                    ? "the instance's"
                                    : cluster.getValue("defaultCheckPort"),
                            cluster.getValue("metadata")));
            out.print(clusters);
        }

        /** The type, and of an HTTP check what it asks for. */
        private static String check(JsonObject checker) {
            String type = checker.getString("type");
            String path = checker.getString("path", "");
            return path.isEmpty() ? type : type + " " + path;
        }
    }
}
