package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code muster lookup …}: how the server finds its members. */
@Command(
        name = "lookup",
        description = "Shows or switches how the server finds its members.",
        subcommands = {
            LookupCommand.Show.class,
            LookupCommand.Switch.class,
            LookupCommand.Reload.class,
            LookupCommand.Confirm.class
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LookupCommand implements Callable<Integer> {

    private static final String LOOKUP = "/v1/core/cluster/lookup";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do");
    }

    private static JsonObject data(AdminApi.Answer answer) {
        return ((JsonObject) answer.json()).getJsonObject("data");
    }

    private static String names(JsonObject object, String field) {
        JsonArray names = object.getJsonArray(field);
        return names.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** {@code muster lookup show}. */
    @Command(
            name = "show",
            description = "Shows the configured and the running mode, the list, and how its source does.")
    static final class Show extends AdminCommand {

        @Override
        void run(AdminApi api, PrintWriter out) {
            JsonObject shown = data(api.get(LOOKUP, Map.of()));
            if (json()) {
                out.println(shown.encodePrettily());
                return;
            }
            Table table = FieldTable.of(shown);
            table.row("members", names(shown, "members"));
            table.row("held back", names(shown, "heldBack"));
            out.print(table);
        }
    }

    /** {@code muster lookup switch}. */
    @Command(
            name = "switch",
            description = {
                "Finds the members in another way from now on. The new way must give a good list that names this node before the old one stops;"
                        + " else all stays as it was.",
                "Without --persist the switch lasts until the server restarts."
            })
    static final class Switch extends AdminCommand {

        @Parameters(index = "0", paramLabel = "MODE", description = "file, address-server or standalone")
        private String mode;

        @Option(names = "--dry-run", description = "say what would happen, and change nothing")
        private boolean dryRun;

        @Option(
                names = "--persist",
                description =
                        "write member.lookup.type into the server's configuration file (that of --config, or"
                                + " conf/muster.properties) as well, so that it outlasts a restart; cluster.conf is never written")
        private boolean persist;

        @Option(
                names = "--confirm",
                description =
                        "take the list even if it lacks half of the members in force, or more; see it by --dry-run")
        private boolean confirm;

        @Override
        void run(AdminApi api, PrintWriter out) {
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("type", mode);
            parameters.put("dryRun", String.valueOf(dryRun));
            parameters.put("persist", String.valueOf(persist));
            parameters.put("confirm", String.valueOf(confirm));
            show(data(api.ask("POST", "/v1/core/cluster/switch/lookup", parameters)), dryRun, json(), out);
        }
    }

    /** {@code muster lookup reload}. */
    @Command(
            name = "reload",
            description =
                    "Has the server read its configuration file again, and switch if it asks for another lookup. So does SIGHUP.")
    static final class Reload extends AdminCommand {

        @Override
        void run(AdminApi api, PrintWriter out) {
            show(data(api.ask("POST", LOOKUP + "/reload", Map.of())), false, json(), out);
        }
    }

    /** {@code muster lookup confirm}. */
    @Command(
            name = "confirm",
            description =
                    "Takes the list that is held back, since it lacks half of the members in force or more, if it names just these members; 'lookup show' shows it.")
    static final class Confirm extends AdminCommand {

        @Parameters(
                index = "0",
                paramLabel = "MEMBERS",
                description = "the list that is held back: HOST:PORT,HOST:PORT,…")
        private String members;

        @Override
        void run(AdminApi api, PrintWriter out) {
            show(data(api.ask("POST", LOOKUP + "/confirm", Map.of("members", members))), false, json(), out);
        }
    }

    private static void show(JsonObject outcome, boolean dryRun, boolean json, PrintWriter out) {
        if (json) {
            out.println(outcome.encodePrettily());
            return;
        }
        Table table = new Table(dryRun ? "LOOKUP (DRY RUN)" : "LOOKUP", outcome.getString("mode"));
        table.row("changed", outcome.getBoolean("changed") ? "yes" : "no, it was that before");
        table.row("members", names(outcome, "members"));
        table.row("added", names(outcome, "added"));
        table.row("removed", names(outcome, "removed"));
        table.row("lasts", outcome.getString("lasts"));
        out.print(table);
    }
}
