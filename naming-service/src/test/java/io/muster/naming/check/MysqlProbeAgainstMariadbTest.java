package io.muster.naming.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.naming.model.HealthChecker;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probe and a server that others wrote agree, wherever one is installed. */
class MysqlProbeAgainstMariadbTest {

    private static final String PASSWORD = "s3crët";
    private static final String MASTER_QUESTION = "show global variables where variable_name='read_only'";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<String> USERS = List.of(
            "create user checker identified by '" + PASSWORD + "';",
            "create user admin identified by '" + PASSWORD + "';",
            "grant super, read_only admin on *.* to admin;",
            "create user open_to_all identified by '';");

    @TempDir
    static Path directory;

    private static Optional<Process> server = Optional.empty();
    private static int port;

    private final ProbeFixture fixture = new ProbeFixture();
    private final MysqlProbe probe = new MysqlProbe(fixture.vertx.createNetClient());

    @BeforeAll
    static void startServer() throws Exception {
        Optional<String> install = command("mariadb-install-db");
        Optional<String> daemon = command("mariadbd");
        assumeTrue(install.isPresent() && daemon.isPresent(), "no MariaDB is installed here");
        Path data = directory.resolve("data");
        Path users = Files.write(directory.resolve("users.sql"), USERS);
        String account = "--user=" + System.getProperty("user.name");
        Process installing = start(
                install.get(),
                "--no-defaults",
                "--datadir=" + data,
                account,
                "--auth-root-authentication-method=normal",
                "--skip-test-db");
        assertThat(installing.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(installing.exitValue()).isZero();
        port = ProbeFixture.closedPort();
        server = Optional.of(start(
                daemon.get(),
                "--no-defaults",
                "--datadir=" + data,
                account,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + directory.resolve("socket"),
                "--pid-file=" + directory.resolve("pid"),
                "--character-set-server=utf8mb4",
                "--init-file=" + users));
    }

    private static Optional<String> command(String name) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin"))
                .map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
    }

    @AfterAll
    static void stopServer() throws InterruptedException {
        if (server.isPresent()) {
            server.get().destroy();
            if (!server.get().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                server.get().destroyForcibly().waitFor();
            }
        }
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private String check(String user, String password, String command) {
        return fixture.probe(probe, new HealthChecker.Mysql(user, password, command), port);
    }

    /** It answers before its users are there. */
    private void awaitServer() {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(check("open_to_all", "", "select 1")).isEqualTo("ok"));
    }

    @Test
    void whoMayLogIn_passes_whoMayNot_isToldWhy() {
        awaitServer();

        assertThat(check("checker", PASSWORD, "")).isEqualTo("ok");
        assertThat(check("checker", PASSWORD, "select user, host, now() from mysql.user"))
                .startsWith("MySQL 1142: SELECT command denied");
        assertThat(check("checker", PASSWORD, "selct 1")).startsWith("MySQL 1064: ");
        assertThat(check("checker", "wrong", "select 1")).startsWith("MySQL 1045: Access denied for user 'checker'");
        assertThat(check("nobody", PASSWORD, "select 1")).startsWith("MySQL 1045: Access denied for user 'nobody'");
    }

    @Test
    void whoTakesNoWrites_isNoMaster() {
        awaitServer();
        assertThat(check("checker", PASSWORD, MASTER_QUESTION)).isEqualTo("ok");

        assertThat(check("admin", PASSWORD, "set global read_only = on")).isEqualTo("ok");
        assertThat(check("checker", PASSWORD, MASTER_QUESTION)).isEqualTo("read-only");

        assertThat(check("admin", PASSWORD, "set global read_only = off")).isEqualTo("ok");
        assertThat(check("checker", PASSWORD, MASTER_QUESTION)).isEqualTo("ok");
    }
}
