package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code muster namespaces}. */
@Command(name = "namespaces", description = "Shows the namespaces.")
final class NamespacesCommand extends AdminCommand {

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject answer =
                (JsonObject) api.get("/v1/console/namespaces", Map.of()).json();
        JsonArray namespaces = answer.getJsonArray("data");
        if (json()) {
            out.println(namespaces.encodePrettily());
            return;
        }
        Table table = new Table("NAMESPACE", "NAME");
        for (int i = 0; i < namespaces.size(); i++) {
            JsonObject namespace = namespaces.getJsonObject(i);
            String id = namespace.getString("namespace");
            table.row(id.isEmpty() ? "public" : id, namespace.getValue("namespaceShowName"));
        }
        out.print(table);
    }
}
