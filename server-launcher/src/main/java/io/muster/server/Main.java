package io.muster.server;

import io.muster.server.cli.MusterCommand;
import io.muster.server.config.ProductVersion;
import java.util.List;

/** What the shell starts: {@code muster server …} becomes a server, anything else a command that asks one. */
public final class Main {

    private static final String SERVER = "server";

    /** For the start script alone, so no command that help shows. */
    private static final String REHEARSE = "rehearse";

    private Main() {}

    /**
     * @param arguments a command and its options
     */
    public static void main(String[] arguments) {
        List<String> all = List.of(arguments);
        String command = all.isEmpty() ? "" : all.get(0);
        boolean help = all.contains("--help") || all.contains("-h");
        if (command.equals(SERVER) && !help) {
            ServerCommand.start(all.subList(1, all.size()));
        } else if (command.equals(REHEARSE)) {
            System.exit(Rehearsal.run().code());
        } else {
            System.exit(MusterCommand.run(all, ProductVersion.ofThisBuild()));
        }
    }
}
