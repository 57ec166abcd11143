package io.muster.server.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** A command that has the Raft engine do something, and shows the line that it answers. */
abstract class RaftSteering extends AdminCommand {

    /** Tells the asked server. */
    final void tell(AdminApi api, PrintWriter out, String command, String value, boolean confirmed) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("command", command);
        parameters.put("value", value);
        parameters.put("confirm", String.valueOf(confirmed));
        JsonObject answer =
                (JsonObject) api.ask("POST", "/v1/core/ops/raft", parameters).json();
        out.println(json() ? answer.encodePrettily() : answer.getValue("data"));
    }

    /** Tells the leader, whichever member was asked: nobody else can do it. */
    final void tellLeader(AdminApi api, PrintWriter out, String command, String value, boolean confirmed) {
        JsonObject leader =
                ((JsonObject) api.get("/v1/ns/raft/leader", Map.of()).json()).getJsonObject("leader");
        String self = ((JsonObject) api.get("/v1/ns/raft/peer", Map.of()).json()).getString("nodeId");
        if (leader.getString("nodeId").equals(self)) {
            tell(api, out, command, value, confirmed);
            return;
        }
        String name = leader.getString("ip");
        if (name == null) {
            throw AdminException.refused("node " + leader.getString("nodeId")
                    + " leads, and this server has not met it: ask another one by --server");
        }
        tell(api.at("http://" + name), out, command, value, confirmed);
    }

    /** @throws AdminException if the person did not say that the risk is known */
    static void require(boolean confirmed, String flag, String risk) {
        if (!confirmed) {
            throw AdminException.usage("this needs " + flag + ": " + risk);
        }
    }
}
