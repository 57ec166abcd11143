package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster namespaces}, and what creates and deletes one. */
@Command(
        name = "namespaces",
        description = "Shows the namespaces with their counts; creates or deletes one.",
        subcommands = {NamespacesCommand.Create.class, NamespacesCommand.Delete.class})
final class NamespacesCommand extends AdminCommand {

    private static final String PATH = "/v1/console/namespaces";

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject answer = (JsonObject) api.get(PATH, Map.of()).json();
        JsonArray namespaces = answer.getJsonArray("data");
        if (json()) {
            out.println(namespaces.encodePrettily());
            return;
        }
        Table table = new Table("NAMESPACE", "NAME", "SERVICES", "INSTANCES");
        namespaces.stream().map(JsonObject.class::cast).forEach(namespace -> {
            String id = namespace.getString("namespace");
            table.row(
                    id.isEmpty() ? "public" : id,
                    namespace.getValue("namespaceShowName"),
                    namespace.getValue("serviceCount"),
                    namespace.getValue("instanceCount"));
        });
        out.print(table);
    }

    /** {@code muster namespaces create ID NAME}. */
    @Command(name = "create", description = "Creates a namespace.")
    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    static final class Create extends AdminCommand {

        @Parameters(index = "0", paramLabel = "ID", description = "letters, digits, '-' and '_'")
        private String id;

        @Parameters(index = "1", paramLabel = "NAME", description = "for people")
        private String name;

        @Option(names = "--description", paramLabel = "TEXT", defaultValue = "", description = "what it is for")
        private String description;

        @Override
        void run(AdminApi api, PrintWriter out) {
            if (id.isBlank()) {
                throw AdminException.usage("ID must not be blank");
            }
            AdminApi.Answer answer = api.ask(
                    "POST", PATH, Map.of("customNamespaceId", id, "namespaceName", name, "namespaceDesc", description));
            if (!Boolean.TRUE.equals(answer.json())) {
                throw AdminException.refused("there is a namespace " + id + " already");
            }
            done(out, "namespace " + id + " created", Map.of("namespace", id));
        }
    }

    /** {@code muster namespaces delete ID}. */
    @Command(name = "delete", description = "Deletes a namespace that has no services.")
    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    static final class Delete extends AdminCommand {

        @Parameters(paramLabel = "ID", description = "as the list shows it")
        private String id;

        @Override
        void run(AdminApi api, PrintWriter out) {
            api.ask("DELETE", PATH, Map.of("namespaceId", id)).text();
            done(out, "namespace " + id + " deleted", Map.of("namespace", id));
        }
    }
}
