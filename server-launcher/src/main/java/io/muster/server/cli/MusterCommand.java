package io.muster.server.cli;

import io.muster.server.config.ProductVersion;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster}: the commands, the help, the version. */
@Command(
        name = "muster",
        description = "A service registry: starts a server, or asks one that runs.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            StatusCommand.class,
            MembersCommand.class,
            ServicesCommand.class,
            InstancesCommand.class,
            SubscribersCommand.class,
            OverlaysCommand.class,
            NamespacesCommand.class,
            SwitchesCommand.class,
            LogCommand.class,
            RaftCommand.class,
            DistroCommand.class,
            LookupCommand.class,
            EventsCommand.class,
            AddressServerCommand.class,
            DemoCommand.class,
            CompletionCommand.class
        })
public final class MusterCommand implements Runnable {

    private static final OptionSpec HELP = OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("show this help")
            .build();

    private static final OptionSpec VERSION = OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("show the version")
            .build();

    private final CommandLine commandLine;

    private MusterCommand(ProductVersion version, PrintWriter out, PrintWriter err) {
        commandLine = new CommandLine(this);
        commandLine.addSubcommand(ServerHelp.spec());
        commandLine
                .getCommandSpec()
                .version("muster " + version)
                .addOption(OptionSpec.builder(VERSION).build());
        settle(commandLine);
        commandLine.setExecutionStrategy(MusterCommand::execute);
        commandLine.setOut(out).setErr(err);
    }

    /**
     * Runs one command.
     *
     * @return its exit code
     */
    public static int run(List<String> arguments, ProductVersion version) {
        Charset charset = Charset.defaultCharset();
        return run(
                arguments,
                version,
                new PrintWriter(System.out, true, charset),
                new PrintWriter(System.err, true, charset));
    }

    static int run(List<String> arguments, ProductVersion version, PrintWriter out, PrintWriter err) {
        return new MusterCommand(version, out, err).commandLine.execute(arguments.toArray(String[]::new));
    }

    /** Runs the last command of the line. What stands before a sub-command would not reach it: it is refused rather than dropped. */
    private static int execute(ParseResult parsed) {
        for (ParseResult each = parsed; each.hasSubcommand(); each = each.subcommand()) {
            for (OptionSpec option : each.matchedOptions()) {
                if (!option.usageHelp() && !option.versionHelp()) {
                    throw new CommandLine.ParameterException(
                            each.subcommand().commandSpec().commandLine(),
                            option.longestName() + " must stand after '"
                                    + each.subcommand().commandSpec().name() + "'");
                }
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Gives a command and all below it the help option and our exit codes. */
    private static void settle(CommandLine command) {
        if (!command.getCommandSpec().optionsMap().containsKey(HELP.longestName())) {
            command.getCommandSpec().addOption(OptionSpec.builder(HELP).build());
        }
        command.getCommandSpec().exitCodeOnInvalidInput(ExitCode.USAGE.code());
        command.getCommandSpec().exitCodeOnExecutionException(ExitCode.SOFTWARE.code());
        command.getSubcommands().values().forEach(MusterCommand::settle);
    }

    /** Without a command. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(commandLine, "say what to do");
    }
}
