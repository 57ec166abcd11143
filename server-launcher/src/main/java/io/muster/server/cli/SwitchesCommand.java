package io.muster.server.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code muster switches}, and {@code muster switches ENTRY VALUE} to set one. */
@Command(name = "switches", description = "Shows the switches, or sets one.")
final class SwitchesCommand extends AdminCommand {

    private static final String PATH = "/v1/ns/operator/switches";

    @Parameters(index = "0", arity = "0..1", paramLabel = "ENTRY", description = "the switch to set, with its value")
    private @Nullable String entry;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "its value")
    private @Nullable String value;

    @Override
    void run(AdminApi api, PrintWriter out) {
        if (entry != null) {
            if (value == null) {
                throw AdminException.usage("give the value for " + entry + " too");
            }
            out.println(
                    api.ask("PUT", PATH, Map.of("entry", entry, "value", value)).text());
            return;
        }
        JsonObject switches = (JsonObject) api.get(PATH, Map.of()).json();
        if (json()) {
            out.println(switches.encodePrettily());
            return;
        }
        Table table = new Table("SWITCH", "VALUE");
        switches.forEach(field -> table.row(field.getKey(), field.getValue()));
        out.print(table);
    }
}
