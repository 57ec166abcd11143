package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code muster raft …}: the engine of the persistent data. */
@Command(
        name = "raft",
        description = "Shows and steers the Raft engine (persistent data).",
        subcommands = {RaftCommand.Status.class, RaftCommand.Snapshot.class})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RaftCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do");
    }

    /** {@code muster raft status}. */
    @Command(name = "status", description = "Shows role, term, log and peers.")
    static final class Status extends AdminCommand {

        @Override
        void run(AdminApi api, PrintWriter out) {
            JsonObject state =
                    (JsonObject) api.get("/v1/ns/raft/state", Map.of()).json();
            if (json()) {
                out.println(state.encodePrettily());
                return;
            }
            out.print(FieldTable.of(state));
            out.println();
            Table table = new Table("PEER", "STATE", "TERM", "MATCH INDEX", "LAST CONTACT MS");
            JsonArray peers = state.getJsonArray("peers");
            for (int i = 0; i < peers.size(); i++) {
                JsonObject peer = peers.getJsonObject(i);
                table.row(
                        peer.getValue("ip"),
                        peer.getValue("state"),
                        peer.getValue("term"),
                        peer.getValue("matchIndex"),
                        peer.getValue("lastContactMillis"));
            }
            out.print(table);
        }
    }

    /** {@code muster raft snapshot}. */
    @Command(name = "snapshot", description = "Takes a snapshot now and cuts the log.")
    static final class Snapshot extends AdminCommand {

        @Override
        void run(AdminApi api, PrintWriter out) {
            JsonObject answer = (JsonObject) api.ask("POST", "/v1/core/ops/raft", Map.of("command", "doSnapshot"))
                    .json();
            out.println(json() ? answer.encodePrettily() : answer.getValue("data"));
        }
    }
}
