package io.muster.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.testkit.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The npm client, driven by the script in {@code compatibility/npm-nacos}. Skipped, with the reason, where there is no
 * Node.js or no package registry to install the client from.
 */
@ExtendWith(SharedServer.class)
class NpmNacosIT {

    private static final Path SOURCES = Path.of("../npm-nacos");
    private static final Path WORK = Path.of("target/npm-nacos").toAbsolutePath();

    /** A hundred small packages: seconds from a registry that is near. */
    private static final Duration INSTALLED = Duration.ofSeconds(90);

    /** The script waits 20 s for the client's beats to matter, and gives each of its steps a bound of its own. */
    private static final Duration RUN = Duration.ofSeconds(90);

    private record Outcome(int exitCode, String output) {
        boolean ok() {
            return exitCode == 0;
        }
    }

    @Test
    void npmClient_registersListsSubscribesAndLeaves(ServerProcess server) throws Exception {
        install();

        Outcome run = run(RUN, "node", "client.js", NacosClient.address(server));

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("all steps done");
        run.output().lines().filter(line -> line.startsWith("push after")).forEach(line -> Figures.print("npm", line));
    }

    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(WORK);
        for (String file : List.of("package.json", "package-lock.json", "client.js")) {
            Files.copy(SOURCES.resolve(file), WORK.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        assumeTrue(
                run(INSTALLED, "node", "--eval", "process.exit(typeof fetch === 'function' ? 0 : 1)")
                        .ok(),
                "skipped: there is no Node.js 18 or newer here");
        assumeTrue(run(INSTALLED, "npm", "--version").ok(), "skipped: there is no npm here");
        Outcome installed =
                run(INSTALLED, "npm", "ci", "--fetch-retries=1", "--ignore-scripts", "--no-audit", "--no-fund");
        if (!installed.ok()) {
            assumeTrue(
                    run(INSTALLED, "npm", "view", "--fetch-retries=0", "nacos@2.6.3", "version")
                            .ok(),
                    "skipped: npm reaches no registry here: " + installed.output());
        }
        assertThat(installed.exitCode()).as(installed.output()).isZero();
    }

    private static Outcome run(Duration atMost, String... command) throws IOException, InterruptedException {
        Path log = Files.createTempFile(WORK, command[0], ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(WORK.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return new Outcome(-1, "still running after " + atMost + ": " + Files.readString(log));
            }
            return new Outcome(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
        }
    }
}
