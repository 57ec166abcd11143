package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.member.lookup.LookupMode;
import io.muster.raft.EngineFailure;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.ConfigException;
import io.muster.server.config.Configuration;
import io.muster.server.config.ProductVersion;
import io.muster.server.config.ServerConfig;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Design §4, "Storage": a member whose data is damaged comes back without a human. */
class ComebackTest {

    private static final String PERSISTENT = "/nacos/v1/ns/instance?serviceName=a&port=80&ephemeral=false&ip=";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final List<ServerFailure> ends = new ArrayList<>();

    private static JsonObject raft(TestServer server) {
        return new JsonObject(server.get("/v1/ns/raft/state").body());
    }

    private static void write(TestServer server, String ip) {
        await("a persistent write is taken")
                .atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(server.ask("POST", PERSISTENT + ip).body()).isEqualTo("ok"));
    }

    private static void awaitSameData(TestCluster cluster) {
        await("node 3 holds what node 1 holds").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(raft(cluster.node(3)).getLong("appliedIndex"))
                    .isEqualTo(raft(cluster.node(1)).getLong("appliedIndex"));
            assertThat(raft(cluster.node(3)).getString("digest"))
                    .isEqualTo(raft(cluster.node(1)).getString("digest"));
        });
    }

    @Test
    void memberWhoseDataIsDamaged_isBackAsANewNode_withTheDataOfTheOthers() throws IOException {
        try (TestCluster cluster = TestCluster.start(directory, 3)) {
            await("all vote").atMost(PATIENCE).until(() -> raft(cluster.node(3)).getInteger("voters") == 3);
            write(cluster.node(1), "127.0.9.1");
            write(cluster.node(1), "127.0.9.2");
            awaitSameData(cluster);
            String former = raft(cluster.node(3)).getString("nodeId");
            cluster.node(3).close();
            flipBitOf("127.0.9.1", cluster.directory(3).resolve("raft"));

            new Comeback(switched -> cluster.start(3).server(), ends::add).start();

            assertThat(ends).isEmpty();
            awaitSameData(cluster);
            String now = raft(cluster.node(3)).getString("nodeId");
            assertThat(now).isNotEqualTo(former);
            assertThat(raft(cluster.node(3)).getString("clusterId"))
                    .isEqualTo(raft(cluster.node(1)).getString("clusterId"));
            assertThat(cluster.node(3)
                            .get("/nacos/v1/ns/instance/list?serviceName=a")
                            .body())
                    .contains("127.0.9.1", "127.0.9.2");
            assertThat(cluster.directory(3).resolve("raft-set-aside-" + former))
                    .as("kept for inspection")
                    .isDirectoryContaining("glob:**.seg");
        }
    }

    /** {@code rm -r raft}: what the node has voted and acknowledged is gone, so it is not that node any more. */
    @Test
    void memberWhoseLogIsGone_isBackAsANewNode_withTheDataOfTheOthers() throws IOException {
        try (TestCluster cluster = TestCluster.start(directory, 3)) {
            await("all vote").atMost(PATIENCE).until(() -> raft(cluster.node(3)).getInteger("voters") == 3);
            write(cluster.node(1), "127.0.9.1");
            awaitSameData(cluster);
            String former = raft(cluster.node(3)).getString("nodeId");
            cluster.node(3).close();
            empty(cluster.directory(3).resolve("raft"));

            new Comeback(switched -> cluster.start(3).server(), ends::add).start();

            assertThat(ends).isEmpty();
            awaitSameData(cluster);
            assertThat(raft(cluster.node(3)).getString("nodeId")).isNotEqualTo(former);
            assertThat(raft(cluster.node(3)).getString("clusterId"))
                    .isEqualTo(raft(cluster.node(1)).getString("clusterId"));
        }
    }

    /** There is nobody who has the data: an operator must know. */
    @Test
    void standaloneNodeWhoseLogIsGone_doesNotStart_andSaysWhatToDo() throws IOException {
        try (TestServer server = TestServer.start(directory)) {
            write(server, "127.0.9.1");
        }
        empty(directory.resolve("raft"));

        assertThatThrownBy(() -> TestServer.start(directory))
                .isInstanceOf(ServerFailure.class)
                .hasMessageContaining("it is gone")
                .hasMessageContaining("Restore the data directory from a backup")
                .extracting(failure -> ((ServerFailure) failure).exitCode())
                .isEqualTo(ExitCode.DATA_DAMAGED);

        empty(directory);
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.get("/nacos/v1/ns/instance/list?serviceName=a").body())
                    .as("an emptied directory is a new node")
                    .doesNotContain("127.0.9.1");
        }
    }

    /** Whoever has voted in a cluster leaves it for good: the next command might lead back, and its old id would vote there with an empty log. */
    @Test
    void voterThatIsToldToGoToAnotherCluster_comesThereAsANewNode() throws IOException {
        try (TestCluster cluster = TestCluster.start(directory, 2)) {
            await("both vote")
                    .atMost(PATIENCE)
                    .until(() -> raft(cluster.node(1)).getInteger("voters") == 2);
            String former = raft(cluster.node(1)).getString("nodeId");
            cluster.node(1).close();
            cluster.node(2).close();
            empty(cluster.directory(2));
            TestServer other = cluster.start(2);
            assertThat(other.ask("POST", "/v1/core/ops/raft?command=found&confirm=true")
                            .statusCode())
                    .isEqualTo(200);
            write(other, "127.0.9.1");

            HttpClient client = HttpClient.newHttpClient();
            HttpRequest join = HttpRequest.newBuilder(
                            URI.create("http://" + cluster.name(1) + "/v1/core/ops/raft?command=join&confirm=true"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            Comeback comeback = new Comeback(switched -> cluster.start(1).server(), ends::add);
            CompletableFuture<Void> running = CompletableFuture.runAsync(comeback::start);
            await("it goes")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> client.send(join, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200);
            running.join();
            await("the one that was told so is gone, and the new one there")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> !former.equals(raft(cluster.node(1)).getString("nodeId")));

            assertThat(ends).isEmpty();
            assertThat(raft(cluster.node(1)).getString("clusterId"))
                    .isEqualTo(raft(other).getString("clusterId"));
            await("it has the data")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.node(1)
                                    .get("/nacos/v1/ns/instance/list?serviceName=a")
                                    .body())
                            .contains("127.0.9.1"));
        }
    }

    /** What an operator switched to lasts until the restart, and a comeback is none that he would see: as a standalone node this one would wait for ever. */
    @Test
    void aLookupThatWasSwitchedTo_isKept_byTheServerThatComesBack() throws IOException {
        Files.createDirectories(directory.resolve("conf"));
        Configuration configuration = TestServer.configuration(directory, "--lookup=standalone");
        List<Optional<LookupMode>> launched = new ArrayList<>();
        Comeback comeback = new Comeback(
                switched -> {
                    launched.add(switched);
                    if (launched.size() > 1) {
                        throw new ServerFailure(ExitCode.FAILED, "enough");
                    }
                    ServerConfig config = switched.map(configuration::readWith).orElseGet(configuration::read);
                    MusterServer server = new MusterServer(config, configuration, new ProductVersion("test"));
                    server.start();
                    switchToFile(server);
                    server.raftFailed(new EngineFailure(EngineFailure.Kind.GIVEN_UP, "given up"));
                    return server;
                },
                ends::add);
        comeback.start();
        await("it has come back").atMost(PATIENCE).until(() -> !ends.isEmpty());

        assertThat(launched).containsExactly(Optional.empty(), Optional.of(LookupMode.FILE));
    }

    private void switchToFile(MusterServer server) {
        try {
            Files.writeString(directory.resolve("conf/cluster.conf"), "127.0.0.1:" + server.port() + "\n");
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(server.url() + "/nacos/v1/core/cluster/switch/lookup?type=file"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Somebody edited it meanwhile: the process says so, rather than live on without a server. */
    @Test
    void faultsInTheConfiguration_endTheProcess() {
        List<RuntimeException> coming = new ArrayList<>(List.of(
                new ServerFailure(ExitCode.DATA_GIVEN_UP, "given up"), new ConfigException("port: not a number")));
        new Comeback(
                        switched -> {
                            throw coming.remove(0);
                        },
                        ends::add)
                .start();

        assertThat(ends).extracting(ServerFailure::exitCode).containsExactly(ExitCode.CONFIGURATION);
    }

    private static void empty(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    /** In whichever segment of the log it stands. */
    private static void flipBitOf(String stored, Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            for (Path segment :
                    files.filter(file -> file.toString().endsWith(".seg")).toList()) {
                byte[] bytes = Files.readAllBytes(segment);
                int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(stored);
                if (at > 0) {
                    bytes[at] ^= 1;
                    Files.write(segment, bytes);
                    return;
                }
            }
        }
        throw new AssertionError(stored + " stands in no segment of " + log);
    }

    @Test
    void onlyOnce_thenTheProcessEnds() {
        assertThat(launches(new ServerFailure(ExitCode.DATA_SET_ASIDE, "set aside")))
                .isEqualTo(2);
        assertThat(ends).extracting(ServerFailure::exitCode).containsExactly(ExitCode.DATA_SET_ASIDE);
    }

    /** Of that an operator may want more than one. */
    @Test
    void asOftenAsANodeIsGivenUp() {
        List<ServerFailure> coming = new ArrayList<>(List.of(
                new ServerFailure(ExitCode.DATA_GIVEN_UP, "given up"),
                new ServerFailure(ExitCode.DATA_GIVEN_UP, "given up"),
                new ServerFailure(ExitCode.DATA_DAMAGED, "damaged")));
        new Comeback(
                        switched -> {
                            throw coming.remove(0);
                        },
                        ends::add)
                .start();

        assertThat(coming).isEmpty();
        assertThat(ends).extracting(ServerFailure::exitCode).containsExactly(ExitCode.DATA_DAMAGED);
    }

    @Test
    void anyOtherFailure_endsTheProcess() {
        assertThat(launches(new ServerFailure(ExitCode.DATA_DAMAGED, "damaged")))
                .isEqualTo(1);
        assertThat(ends).extracting(ServerFailure::exitCode).containsExactly(ExitCode.DATA_DAMAGED);
    }

    /** How often a server is started, none of which can. */
    private int launches(ServerFailure failure) {
        List<ServerFailure> thrown = new ArrayList<>();
        Comeback comeback = new Comeback(
                switched -> {
                    thrown.add(failure);
                    throw failure;
                },
                ends::add);
        comeback.start();
        return thrown.size();
    }
}
