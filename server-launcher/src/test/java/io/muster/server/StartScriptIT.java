package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.testkit.ServerLauncher;
import io.muster.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/muster}: found through a link, from any directory, it becomes the server and is gone itself. */
class StartScriptIT {

    private static final Path SCRIPT = Path.of(System.getProperty("muster.root", ".."), "bin", "muster");

    @TempDir
    private Path directory;

    private Path link;

    @BeforeEach
    void link() throws IOException {
        link = Files.createSymbolicLink(directory.resolve("muster"), SCRIPT.toRealPath());
    }

    @AfterEach
    void unlink() throws IOException {
        Files.delete(link);
    }

    private ServerProcess run(String... arguments) {
        return ServerLauncher.in(directory)
                .environment("MUSTER_NO_BUILD", "1")
                .runScript(link, directory, List.of(arguments));
    }

    @Test
    void server_startsAndHearsSignals() {
        try (ServerProcess server = run("server", "--port=0", "--data-dir=here")) {
            server.awaitReady();
            assertThat(directory.resolve("here")).isDirectory();
            assertThat(server.terminate()).isZero();
            assertThat(server.stderr()).contains("stopping, as SIGTERM asks");
        }
    }

    @Test
    void exitCodes_passThrough() {
        try (ServerProcess server = run("server", "--nonsense")) {
            assertThat(server.awaitExit()).isEqualTo(64);
        }
    }

    @Test
    void version_isShown() {
        try (ServerProcess command = run("--version")) {
            assertThat(command.awaitExit()).isZero();
            assertThat(command.stdout()).startsWith("muster ");
        }
    }
}
