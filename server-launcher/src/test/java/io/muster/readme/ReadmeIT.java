package io.muster.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.testkit.ServerLauncher;
import io.muster.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's lines do what the README says: its {@code console} blocks are run in one shell against a fresh server, and each command must
 * print what stands below it, where {@code …} stands for anything.
 */
class ReadmeIT {

    private static final Path ROOT = Path.of(System.getProperty("muster.root"));
    private static final String ADDRESS_IN_README = "127.0.0.1:8848";
    private static final Pattern CONSOLE_BLOCK = Pattern.compile("(?ms)^```console\n(.*?)^```$");

    /** Each command takes milliseconds; a machine under load may take longer. */
    private static final int SHELL_SECONDS_MAX = 60;

    /** Printed by the shell after each command, so that its output can be told from the next one's. */
    private static final String END_OF_COMMAND = "=== end of command ===";

    private record Step(String command, String expected) {}

    @Test
    void consoleBlocks_printWhatTheySay(@TempDir Path data) throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        List<Step> steps = steps(readme);
        assertThat(steps).as("commands in the README").hasSizeGreaterThan(8);

        try (ServerProcess server = ServerLauncher.in(data.resolve("data")).startReady()) {
            List<String> outputs = runInOneShell(steps, "127.0.0.1:" + server.port(), data);
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                assertThat(outputs.get(i)).as(step.command()).matches(asPattern(step.expected()));
            }
        }
    }

    /** The two commands: the build's is the one that CI runs, and the server's is there and says how it is used. */
    @Test
    void theTwoCommands_areThoseOfTheTree() throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        assertThat(readme).contains("\nmvn verify\n").contains("\nbin/muster server\n");
        assertThat(Files.readString(ROOT.resolve(".ci/run"))).containsPattern("mvn [^\n]*verify");
        assertThat(ROOT.resolve("bin/muster")).isExecutable();
    }

    @Test
    void everyPageThatTheReadmeNames_isThere() throws Exception {
        Matcher link = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(Files.readString(ROOT.resolve("README.md")));
        List<String> missing = new ArrayList<>();
        while (link.find()) {
            if (!Files.exists(ROOT.resolve(link.group(1)))) {
                missing.add(link.group(1));
            }
        }
        assertThat(missing).isEmpty();
    }

    private static List<Step> steps(String readme) {
        List<Step> steps = new ArrayList<>();
        Matcher block = CONSOLE_BLOCK.matcher(readme);
        while (block.find()) {
            for (String part : ("\n" + block.group(1)).split("\n\\$ ", -1)) {
                if (!part.isBlank()) {
                    int end = part.indexOf('\n');
                    steps.add(
                            end < 0
                                    ? new Step(part, "")
                                    : new Step(
                                            part.substring(0, end),
                                            part.substring(end + 1).strip()));
                }
            }
        }
        return steps;
    }

    private static List<String> runInOneShell(List<Step> steps, String address, Path directory)
            throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder();
        for (Step step : steps) {
            script.append(step.command().replace(ADDRESS_IN_README, address))
                    .append("\necho\necho '")
                    .append(END_OF_COMMAND)
                    .append("'\n");
        }
        Path output = directory.resolve("shell.out");
        Path input = Files.writeString(directory.resolve("shell.in"), script);
        Process shell = new ProcessBuilder("bash", input.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(shell.waitFor(SHELL_SECONDS_MAX, TimeUnit.SECONDS))
                .as("the README's commands end within %d s", SHELL_SECONDS_MAX)
                .isTrue();
        List<String> outputs = new ArrayList<>();
        for (String one : Files.readString(output).split(END_OF_COMMAND, -1)) {
            outputs.add(one.strip());
        }
        assertThat(outputs).as("outputs of %s", script).hasSize(steps.size() + 1);
        return outputs;
    }

    private static Pattern asPattern(String expected) {
        String[] literal = expected.split("…", -1);
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < literal.length; i++) {
            pattern.append(i == 0 ? "" : ".*").append(Pattern.quote(literal[i]));
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL);
    }
}
