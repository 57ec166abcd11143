package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code muster members}. */
@Command(name = "members", description = "Shows the members as this server sees them.")
final class MembersCommand extends AdminCommand {

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject answer =
                (JsonObject) api.get("/v1/core/cluster/nodes", Map.of()).json();
        JsonArray members = answer.getJsonArray("data");
        if (json()) {
            out.println(members.encodePrettily());
            return;
        }
        Table table = new Table("MEMBER", "STATE", "NODE ID", "VERSION", "REASON");
        for (int i = 0; i < members.size(); i++) {
            JsonObject member = members.getJsonObject(i);
            JsonObject more = member.getJsonObject("extendInfo");
            table.row(
                    member.getValue("address"),
                    member.getValue("state"),
                    more.getValue("nodeId"),
                    more.getValue("version"),
                    more.getValue("reason"));
        }
        out.print(table);
    }
}
