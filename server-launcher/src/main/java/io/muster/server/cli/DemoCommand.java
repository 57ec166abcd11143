package io.muster.server.cli;

import io.muster.server.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code muster demo}. */
@Command(
        name = "demo",
        description =
                "Starts three servers on loopback, registers instances, kills the leader, and shows that it goes on. Cleans up after itself.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DemoCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-cp",
                System.getProperty("java.class.path"),
                "io.muster.server.Main");
        try (Demo demo = new Demo(out, java)) {
            return (demo.run() ? ExitCode.OK : ExitCode.FAILED).code();
        }
    }
}
