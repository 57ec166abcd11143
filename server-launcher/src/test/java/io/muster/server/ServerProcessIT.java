package io.muster.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ServerLauncher;
import io.muster.testkit.ServerProcess;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as a process: what it prints, how it starts, and how it ends, as the operator interface promises. */
class ServerProcessIT {

    private static final String INSTANCE = "/nacos/v1/ns/instance?serviceName=a&ip=127.0.9.1&port=80";

    @TempDir
    private Path directory;

    private final HttpClient client = HttpClient.newHttpClient();

    private ServerLauncher launcher() {
        return ServerLauncher.in(directory.resolve("data"));
    }

    private String ask(ServerProcess server, String method, String path) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(server.uri(path))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static int exitCode(ServerProcess process) {
        try (process) {
            return process.awaitExit();
        }
    }

    @Test
    void start_readyLineIsAllThatStandsOnStandardOutput() {
        try (ServerProcess server = launcher().startReady()) {
            assertThat(server.stdout())
                    .matches("muster [0-9.]+ ready on http://127\\.0\\.0\\.1:\\d+ \\(standalone\\) in \\d+\\.\\d s\\n");
            assertThat(server.stderr()).contains("persistent data restored in").contains("data directory");
        }
    }

    @Test
    void logs_asJson_areOneObjectALine() {
        try (ServerProcess server = launcher().options("--log-format=json").startReady()) {
            server.terminate();
            assertThat(server.stderr().lines())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(new JsonObject(line).fieldNames())
                            .contains("timestamp", "level", "loggerName", "formattedMessage"));
            assertThat(server.stderr().lines().map(line -> new JsonObject(line).getString("level")))
                    .contains("INFO");
        }
    }

    @Test
    void sigterm_stopsInOrder_withExitCode0() throws IOException, InterruptedException {
        try (ServerProcess server = launcher().startReady()) {
            // Leaves a kept-alive connection behind, which must not hold the stop up.
            ask(server, "POST", INSTANCE);
            Instant asked = Instant.now();
            assertThat(server.terminate()).as(server.toString()).isZero();
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(10));
            assertThat(server.stderr()).contains("stopping, as SIGTERM asks").contains("stopped\n");
        }
    }

    /** R63. */
    @Test
    void sighup_takesUpTheLookupOfAnEditedConfiguration() throws IOException, InterruptedException {
        Path list = directory.resolve("cluster.conf");
        Path config = Files.writeString(directory.resolve("muster.properties"), "member.lookup.type=standalone\n");
        try (ServerProcess server = launcher()
                .options("--config", config.toString(), "--cluster-conf", list.toString(), "--peer-port", "0")
                .startReady()) {
            Files.writeString(list, "127.0.0.1:" + server.port() + "\n");
            Files.writeString(config, "member.lookup.type=fiel\n");
            server.signal("HUP");
            await().untilAsserted(
                            () -> assertThat(server.stderr()).contains("all is as it was: member.lookup.type = fiel"));
            Files.writeString(config, "member.lookup.type=file\n");
            server.signal("HUP");
            await().untilAsserted(() -> assertThat(server.stderr()).contains("the lookup is file now"));
            assertThat(ask(server, "GET", "/v1/core/cluster/self")).contains("file: member.lookup.type says so");
        }
    }

    @Test
    void addressServer_endsAsAsked_withExitCode0() throws IOException, InterruptedException {
        Path list = Files.writeString(directory.resolve("cluster.conf"), "10.0.0.1:8848\n");
        String java = ProcessHandle.current().info().command().orElseThrow();
        Process server = new ProcessBuilder(
                        java,
                        "-jar",
                        ServerLauncher.jarOfThisTree().toString(),
                        "address-server",
                        "--cluster-conf=" + list,
                        "--port=0")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = server.inputReader()) {
            assertThat(out.readLine()).startsWith("muster address-server ready on http://127.0.0.1:");
            server.destroy();
            assertThat(server.waitFor()).isZero();
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void sigterm_twice_endsAtOnce() throws IOException {
        try (ServerProcess server = launcher().startReady();
                Socket connection = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            sendHalfARequest(connection);
            server.signalTerm();
            await().until(() -> server.stderr().contains("stopping"));
            server.signalTerm();
            assertThat(server.awaitExit()).isZero();
            assertThat(server.stderr()).doesNotContain("stopped\n");
        }
    }

    /** An orderly stop waits for the rest of it. */
    private static void sendHalfARequest(Socket connection) throws IOException {
        List<String> head = List.of(
                "PUT /v1/ns/instance/beat HTTP/1.1",
                "Host: localhost",
                "Expect: 100-continue",
                "Content-Length: 9",
                "Content-Type: application/x-www-form-urlencoded",
                "\r\n");
        connection.getOutputStream().write(String.join("\r\n", head).getBytes(US_ASCII));
        byte[] answer = connection.getInputStream().readNBytes("HTTP/1.1 100".length());
        assertThat(new String(answer, US_ASCII)).isEqualTo("HTTP/1.1 100");
    }

    /** Whoever restarts servers goes by the exit code: one that broke must not look like one that was stopped. */
    @Test
    void sigterm_whileAFailedServerStops_keepsTheCodeOfTheFailure() throws IOException, InterruptedException {
        try (ServerProcess server = launcher().startReady();
                Socket connection = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            sendHalfARequest(connection);
            limitFileLength(server);
            assertThat(askOneThatMayEnd(server, INSTANCE + "&ephemeral=false")).isNotEqualTo("ok");
            await("the stop has begun").until(() -> isClosed(server.port()));
            server.signalTerm();
            assertThat(server.awaitExit()).as(server.toString()).isEqualTo(74);
            assertThat(server.stderr()).contains("muster: data directory", "raft/log-");
        }
    }

    /** The stop may end the connection before the answer is written: that acknowledges nothing either. */
    private String askOneThatMayEnd(ServerProcess server, String path) throws InterruptedException {
        try {
            return ask(server, "POST", path);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static boolean isClosed(int port) throws IOException {
        try (Socket attempt = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !attempt.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }

    @Test
    void kill_losesNothingThatWasAcknowledged() throws IOException, InterruptedException {
        try (ServerProcess server = launcher().startReady()) {
            assertThat(ask(server, "POST", INSTANCE + "&ephemeral=false&metadata=k%3Dv"))
                    .isEqualTo("ok");
            server.kill();
            try (ServerProcess again = server.restart()) {
                assertThat(again.port()).isEqualTo(server.port());
                assertThat(ask(again, "GET", "/nacos/v1/ns/instance/list?serviceName=a"))
                        .contains("\"k\":\"v\"");
            }
        }
    }

    @Test
    void portTaken_exitCode69() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerProcess server = launcher().port(taken.getLocalPort()).start()) {
            assertThat(server.awaitExit()).isEqualTo(69);
            assertThat(server.stderr()).contains("can't listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void peerPortTaken_exitCode69() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerProcess server = launcher()
                        .options("--members=127.0.0.1:8848", "--peer-port=" + taken.getLocalPort())
                        .start()) {
            assertThat(server.awaitExit()).isEqualTo(69);
            assertThat(server.stderr())
                    .contains("can't listen for members on 127.0.0.1:" + taken.getLocalPort(), "--peer-port");
        }
    }

    /** The mode in brackets; and what the log says of members, of the secret, and of a list that this node is not in. */
    @Test
    void clustered_readyLineNamesTheMode_andTheLogTellsTheRest() {
        try (ServerProcess server =
                launcher().options("--members=127.0.0.1:1001", "--peer-port=0").startReady()) {
            assertThat(server.stdout())
                    .matches("muster \\S+ ready on http://127\\.0\\.0\\.1:\\d+ \\(file\\) in \\S+ s\\n");
            assertThat(server.stderr())
                    .contains("members as listed, since member.list names 1 member: [127.0.0.1:1001]")
                    .contains("every local process is trusted");
            assertThat(server.terminate()).as(server.toString()).isZero();
        }
    }

    @Test
    void secondServerOnOneDirectory_exitCode73_namesTheHolder() {
        try (ServerProcess first = launcher().startReady();
                ServerProcess second = launcher().start()) {
            assertThat(second.awaitExit()).isEqualTo(73);
            assertThat(second.stderr()).contains("is in use by process " + first.pid());
            assertThat(first.isAlive()).isTrue();
        }
    }

    @Test
    void directoryThatIsAFile_exitCode73() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        try (ServerProcess server = launcher().dataDirectory(file).start()) {
            assertThat(server.awaitExit()).isEqualTo(73);
            assertThat(server.stderr()).contains(file.toString());
        }
    }

    /** Design §4, "Storage": a flipped bit before the synced end is damage, and the message says where and what to do. */
    @Test
    void damagedData_exitCode75_namesFileAndOffset() throws IOException, InterruptedException {
        try (ServerProcess server = launcher().startReady()) {
            for (int port = 80; port < 120; port++) {
                ask(server, "POST", "/v1/ns/instance?serviceName=a&ephemeral=false&ip=127.0.9.1&port=" + port);
            }
            server.terminate();
        }
        Path segment = firstSegment();
        flipBit(segment, 5_000);
        try (ServerProcess server = launcher().start()) {
            assertThat(server.awaitExit()).as(server.toString()).isEqualTo(75);
            assertThat(server.stderr()).contains(segment.getFileName().toString(), "offset", "backup");
        }
    }

    @Test
    void storageFailsWhileRunning_exitCode74_namesTheFile() throws IOException, InterruptedException {
        try (ServerProcess server = launcher().startReady()) {
            limitFileLength(server);
            String answer = ask(server, "POST", INSTANCE + "&ephemeral=false");
            assertThat(answer).isNotEqualTo("ok");
            assertThat(server.awaitExit()).as(server.toString()).isEqualTo(74);
            assertThat(server.stderr().lines().reduce((before, last) -> last))
                    .hasValueSatisfying(
                            last -> assertThat(last).startsWith("muster: ").contains("raft/log-"));
        }
    }

    /** Makes the next write to the log fail as a broken disk does. */
    private static void limitFileLength(ServerProcess server) throws IOException, InterruptedException {
        Process limit = new ProcessBuilder("prlimit", "--fsize=1024", "--pid", Long.toString(server.pid()))
                .inheritIO()
                .start();
        assertThat(limit.waitFor()).isZero();
    }

    private Path firstSegment() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("data").resolve("raft"))) {
            return files.filter(
                            file -> Files.isRegularFile(file) && file.toString().contains("log"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void flipBit(Path file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1)).flip();
            channel.write(one, offset);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--prot=1", "surplus", "--port"})
    void badUsage_exitCode64(String argument) {
        ServerProcess server = launcher().run(List.of("server", argument));
        assertThat(exitCode(server)).isEqualTo(64);
        assertThat(server.stderr()).startsWith("muster: ").contains("--help");
    }

    @ParameterizedTest
    @CsvSource({
        "--server.prot=1, did you mean server.port?",
        "--server.data-dir-max-bytes=1048576, server.data-dir-max-bytes = 1048576",
        "--raft.write-timeout-ms=31536000000, raft.write-timeout-ms = 31536000000",
        "--server.advertise=registry, server.advertise = registry",
        "--port=80a, server.port = 80a (option --port): takes a port",
        "--config=absent.properties, absent.properties",
        "--members=a:b, 'member.list, entry 1: ''a:b'': the port must be a number'",
        "--cluster-conf=/dev/null --lookup=file, /dev/null names no member",
        "--members=a --host=0.0.0.0, MUSTER_CLUSTER_SECRET",
        "--lookup=address-server, needs a URL like"
    })
    void badConfiguration_exitCode78(String options, String message) {
        List<String> arguments = new ArrayList<>(List.of("server"));
        arguments.addAll(List.of(options.split(" ")));
        ServerProcess server = launcher().run(arguments);
        assertThat(exitCode(server)).isEqualTo(78);
        assertThat(server.stderr()).startsWith("muster: ").contains(message);
        assertThat(server.stdout()).isEmpty();
    }

    @Test
    void printConfig_showsValuesAndTheirSources_andMasksSecrets() {
        ServerProcess server = launcher()
                .environment("MUSTER_CLUSTER_SECRET", "hush")
                .options("--print-config")
                .start();
        assertThat(exitCode(server)).isZero();
        assertThat(server.stdout())
                .contains("# default\nserver.host = 127.0.0.1\n")
                .contains("# option --port\nserver.port = 0\n")
                .containsPattern("# environment variable MUSTER_CLUSTER_SECRET.*\n# cluster\\.secret = \\*{8}\n")
                .contains("# mode: standalone")
                .doesNotContain("hush");
    }
}
