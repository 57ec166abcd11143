package io.muster.server.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code muster status}: who the server is, whether it is ready, what it holds. */
@Command(name = "status", description = "Shows who the server is, whether it is ready, and what it holds.")
final class StatusCommand extends AdminCommand {

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject self =
                ((JsonObject) api.get("/v1/core/cluster/self", Map.of()).json()).getJsonObject("data");
        AdminApi.Answer readiness = api.get("/readyz", Map.of("verbose", "true"));
        JsonObject raft = (JsonObject) api.get("/v1/ns/raft/state", Map.of()).json();
        JsonObject distro =
                (JsonObject) api.get("/v1/ns/distro/status", Map.of()).json();
        if (json()) {
            out.println(new JsonObject()
                    .put("self", self)
                    .put("ready", readiness.ok())
                    .put("checks", readiness.body())
                    .put("raft", raft)
                    .put("distro", distro)
                    .encodePrettily());
            return;
        }
        JsonObject more = self.getJsonObject("extendInfo");
        Table table = new Table("MEMBER", self.getString("address"));
        table.row("version", more.getValue("version"));
        table.row("lookup", more.getValue("lookup"));
        table.row("node id", more.getValue("nodeId"));
        table.row("run id", more.getValue("runId"));
        table.row("cluster id", more.getValue("clusterId"));
        table.row("ready", readiness.ok() ? "yes" : "no");
        table.row("raft role", raft.getValue("role"));
        table.row("raft term", raft.getValue("term"));
        table.row("raft applied index", raft.getValue("appliedIndex"));
        table.row("services", raft.getValue("services"));
        table.row("ephemeral records", distro.getValue("records"));
        out.print(table);
        out.println();
        out.print(readiness.body());
    }
}
