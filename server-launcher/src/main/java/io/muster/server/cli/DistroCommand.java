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

/** {@code muster distro …}: the engine of the ephemeral data. */
@Command(
        name = "distro",
        description = "Shows the Distro engine (ephemeral data).",
        subcommands = DistroCommand.Status.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DistroCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do");
    }

    /** {@code muster distro status}. */
    @Command(
            name = "status",
            description =
                    "Shows load, digest and counts, who is responsible for how much, and how far the others have what changed here.")
    static final class Status extends AdminCommand {

        @Override
        void run(AdminApi api, PrintWriter out) {
            JsonObject status =
                    (JsonObject) api.get("/v1/ns/distro/status", Map.of()).json();
            JsonObject shares =
                    ((JsonObject) api.get("/v1/ns/distro/shares", Map.of()).json()).getJsonObject("shares");
            if (json()) {
                out.println(status.put("shares", shares).encodePrettily());
                return;
            }
            out.print(FieldTable.of(status));
            out.println();
            Table responsible = new Table("RESPONSIBLE", "GROUPS");
            shares.forEach(share -> responsible.row(share.getKey(), share.getValue()));
            out.print(responsible);
            JsonArray peers = status.getJsonArray("peers");
            if (!peers.isEmpty()) {
                out.println();
                out.print(table(peers));
            }
        }

        private static Table table(JsonArray peers) {
            Table table = new Table(
                    "PEER", "ALIVE", "LOADED", "PENDING", "LAST SYNC MS", "LAST VERIFY MS", "MISMATCHES", "NODE ID");
            for (int i = 0; i < peers.size(); i++) {
                JsonObject peer = peers.getJsonObject(i);
                table.row(
                        peer.getValue("ip"),
                        peer.getBoolean("alive") ? "yes" : "no",
                        peer.getBoolean("loaded") ? "yes" : "no",
                        peer.getValue("pending"),
                        peer.getValue("lastSyncMillis"),
                        peer.getValue("lastVerifyMillis"),
                        peer.getValue("mismatches"),
                        peer.getValue("nodeId"));
            }
            return table;
        }
    }
}
