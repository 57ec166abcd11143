package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster switches}, and {@code muster switches ENTRY VALUE} to set one. */
@Command(
        name = "switches",
        description = {
            "Shows the switches, or sets one.",
            "Those of the cluster hold on all members and over restarts. With --local a value holds on the server that is asked alone, until it"
                    + " restarts or the value 'cluster' takes it back."
        })
final class SwitchesCommand extends AdminCommand {

    private static final String PATH = "/v1/ns/operator/switches";

    /** The field of the answer that names those which are the server's own. */
    private static final String LOCAL = "local";

    @Parameters(index = "0", arity = "0..1", paramLabel = "ENTRY", description = "the switch to set, with its value")
    private @Nullable String entry;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "its value")
    private @Nullable String value;

    @Option(names = "--local", description = "set it on the server that is asked, and on no other")
    private boolean local;

    @Override
    void run(AdminApi api, PrintWriter out) {
        if (entry != null) {
            if (value == null) {
                throw AdminException.usage("give the value for " + entry + " too");
            }
            set(api, entry, value, out);
            return;
        }
        if (local) {
            throw AdminException.usage("say which switch is to be set with --local");
        }
        JsonObject switches = (JsonObject) api.get(PATH, Map.of()).json();
        if (json()) {
            out.println(switches.encodePrettily());
            return;
        }
        JsonArray own = switches.getJsonArray(LOCAL, new JsonArray());
        Table table = new Table("SWITCH", "VALUE", "SCOPE");
        switches.forEach(field -> {
            if (!field.getKey().equals(LOCAL)) {
                table.row(field.getKey(), field.getValue(), own.contains(field.getKey()) ? "this server" : "cluster");
            }
        });
        out.print(table);
    }

    private void set(AdminApi api, String name, String text, PrintWriter out) {
        Map<String, String> parameters = new LinkedHashMap<>(Map.of("entry", name, "value", text));
        if (local) {
            parameters.put("debug", "true");
        }
        api.ask("PUT", PATH, parameters).text();
        done(
                out,
                name + " set to " + (text.isBlank() ? "nothing" : text) + (local ? " on this server" : ""),
                Map.of("switch", name, "value", text, "scope", local ? "this server" : "cluster"));
    }
}
