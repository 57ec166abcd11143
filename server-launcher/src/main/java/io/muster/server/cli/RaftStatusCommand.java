package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code muster raft status}: role, term, log, who votes and how many losses that tolerates (R21). */
@Command(name = "status", description = "Shows role, term, log and peers, and how many losses are tolerated.")
final class RaftStatusCommand extends AdminCommand {

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject state = (JsonObject) api.get("/v1/ns/raft/state", Map.of()).json();
        if (json()) {
            out.println(state.encodePrettily());
            return;
        }
        out.print(FieldTable.of(state));
        out.println();
        Table table = new Table(
                "PEER",
                "STATE",
                "VOTES",
                "TERM",
                "MATCH INDEX",
                "LAST CONTACT MS",
                "FAILED VOTES",
                "FAILED BEATS",
                "FORMAT",
                "NODE ID");
        JsonArray peers = state.getJsonArray("peers");
        for (int i = 0; i < peers.size(); i++) {
            JsonObject peer = peers.getJsonObject(i);
            table.row(
                    peer.getValue("ip"),
                    peer.getValue("state"),
                    peer.getBoolean("voter") ? "yes" : "no",
                    peer.getValue("term"),
                    peer.getValue("matchIndex"),
                    peer.getValue("lastContactMillis"),
                    peer.getValue("failedVotes"),
                    peer.getValue("failedBeats"),
                    peer.getValue("formatMax"),
                    peer.getValue("nodeId"));
        }
        out.print(table);
        if (state.getString("warning") != null) {
            out.println();
            out.println("warning: " + state.getString("warning"));
        }
    }
}
