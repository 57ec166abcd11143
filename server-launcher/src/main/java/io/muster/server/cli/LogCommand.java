package io.muster.server.cli;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code muster log LEVEL [LOGGER]}. */
@Command(name = "log", description = "Changes what the server logs, until it restarts.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LogCommand extends AdminCommand {

    @Parameters(index = "0", paramLabel = "LEVEL", description = "trace, debug, info, warn, error or off")
    private String level;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "LOGGER",
            defaultValue = "io.muster",
            description = "a package or class (default: io.muster)")
    private String logger;

    @Override
    void run(AdminApi api, PrintWriter out) {
        api.ask("PUT", "/v1/ns/operator/log", Map.of("logName", logger, "logLevel", level))
                .text();
        done(
                out,
                logger + " logs at " + level + " on this server, until it restarts",
                Map.of("logger", logger, "level", String.valueOf(level)));
    }
}
