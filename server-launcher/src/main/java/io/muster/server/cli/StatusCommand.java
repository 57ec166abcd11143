package io.muster.server.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;

/** {@code muster status}: who the server is, what it holds, and how it and every other member do. */
@Command(
        name = "status",
        description =
                "Shows who the server is, what it holds, and how every member does; ends with exit code 1 if one is not ready.")
final class StatusCommand extends AdminCommand {

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject self =
                ((JsonObject) api.get("/v1/core/cluster/self", Map.of()).json()).getJsonObject("data");
        AdminApi.Answer readiness = api.get("/readyz", Map.of("verbose", "true"));
        JsonObject raft = (JsonObject) api.get("/v1/ns/raft/state", Map.of()).json();
        JsonObject distro =
                (JsonObject) api.get("/v1/ns/distro/status", Map.of()).json();
        JsonObject lookup =
                ((JsonObject) api.get("/v1/core/cluster/lookup", Map.of()).json()).getJsonObject("data");
        MemberReport members = MemberReport.of(api, self.getString("address"), address -> api.at("http://" + address));
        if (json()) {
            out.println(new JsonObject()
                    .put("self", self)
                    .put("ready", readiness.ok())
                    .put("checks", readiness.body())
                    .put("raft", raft)
                    .put("distro", distro)
                    .put("lookup", lookup)
                    .put("members", members.json())
                    .encodePrettily());
        } else {
            show(self, readiness, raft, distro, lookup, members, out);
        }
        if (!members.unready().isEmpty()) {
            throw AdminException.refused(members.unready().size() + " of " + members.count()
                    + " members are not ready: " + String.join(", ", members.unready()));
        }
    }

    /** Which is in force, and, where this server reads a newer one, who holds that back. */
    private static String format(JsonObject raft) {
        Object inForce = raft.getValue("formatInForce");
        Object newest = raft.getValue("formatMax");
        if (Objects.equals(inForce, newest)) {
            return String.valueOf(inForce);
        }
        String heldBackBy = raft.getString("formatHeldBackBy", "");
        return inForce + "; this server reads " + newest
                + (heldBackBy.isEmpty() ? "" : ", held back since " + heldBackBy);
    }

    private static void show(
            JsonObject self,
            AdminApi.Answer readiness,
            JsonObject raft,
            JsonObject distro,
            JsonObject lookup,
            MemberReport members,
            PrintWriter out) {
        JsonObject more = self.getJsonObject("extendInfo");
        Table table = new Table("MEMBER", self.getString("address"));
        table.row("version", more.getValue("version"));
        table.row("lookup", more.getValue("lookup"));
        table.row("lookup configured", lookup.getValue("configured"));
        if (more.containsKey("trust")) {
            table.row("trust", more.getValue("trust"));
        }
        table.row("node id", more.getValue("nodeId"));
        table.row("run id", more.getValue("runId"));
        table.row("cluster id", more.getValue("clusterId"));
        table.row("ready", readiness.ok() ? "yes" : "no");
        table.row("raft role", raft.getValue("role"));
        table.row("raft term", raft.getValue("term"));
        table.row("raft applied index", raft.getValue("appliedIndex"));
        table.row("format", format(raft));
        table.row("services", raft.getValue("services"));
        table.row("ephemeral records", distro.getValue("records"));
        out.print(table);
        out.println();
        out.print(readiness.body());
        out.println();
        out.print(members.table());
        members.notes().forEach(note -> out.println("! " + note));
    }
}
