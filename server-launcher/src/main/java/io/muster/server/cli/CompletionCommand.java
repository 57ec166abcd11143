package io.muster.server.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code muster completion}: a script by which shells complete commands and options. */
@Command(
        name = "completion",
        description = {
            "Prints a script by which bash and zsh complete commands and options.",
            "Put into a shell's start file: source <(bin/muster completion)"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CompletionCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(AutoComplete.bash("muster", spec.root().commandLine()));
        out.flush();
        return ExitCode.OK.code();
    }
}
