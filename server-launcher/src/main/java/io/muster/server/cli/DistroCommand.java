package io.muster.server.cli;

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
    @Command(name = "status", description = "Shows load, digest and counts.")
    static final class Status extends AdminCommand {

        @Override
        void run(AdminApi api, PrintWriter out) {
            JsonObject status =
                    (JsonObject) api.get("/v1/ns/distro/status", Map.of()).json();
            out.print(json() ? status.encodePrettily() + System.lineSeparator() : FieldTable.of(status));
        }
    }
}
