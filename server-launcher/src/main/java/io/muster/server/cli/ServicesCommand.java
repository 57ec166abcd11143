package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code muster services}. */
@Command(name = "services", description = "Shows the services of a namespace.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServicesCommand extends AdminCommand {

    /** As many as the server gives; a page is for people with a mouse. */
    private static final String ALL = String.valueOf(Integer.MAX_VALUE);

    @Option(names = "--namespace", paramLabel = "ID", defaultValue = "public", description = "default: public")
    private String namespace;

    @Option(names = "--group", paramLabel = "GROUP", defaultValue = "*", description = "default: all groups")
    private String group;

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject answer = (JsonObject) api.get(
                        "/v1/ns/service/list",
                        Map.of("pageNo", "1", "pageSize", ALL, "namespaceId", namespace, "groupName", group))
                .json();
        if (json()) {
            out.println(answer.encodePrettily());
            return;
        }
        JsonArray names = answer.getJsonArray("doms");
        Table table = new Table("GROUP", "SERVICE");
        for (int i = 0; i < names.size(); i++) {
            String name = names.getString(i);
            int separator = name.indexOf("@@");
            table.row(
                    separator < 0 ? group : name.substring(0, separator),
                    name.substring(separator < 0 ? 0 : separator + 2));
        }
        out.print(table);
    }
}
