package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.consistency.FormatInForce;
import io.muster.raft.EngineFailure;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.Configuration;
import io.muster.server.config.ProductVersion;
import io.muster.server.config.ServerConfig;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server as an object: what it answers for operators, and how it starts and stops. */
class MusterServerTest {

    private static final String INSTANCE = "/nacos/v1/ns/instance?serviceName=a&ip=127.0.9.1&port=80";

    @TempDir
    private Path directory;

    @Test
    void twoServersInOneJvm_knowNothingOfEachOther() {
        try (TestServer one = TestServer.start(directory.resolve("1"));
                TestServer other = TestServer.start(directory.resolve("2"))) {
            assertThat(one.ask("POST", INSTANCE).body()).isEqualTo("ok");
            assertThat(hosts(one)).hasSize(1);
            assertThat(hosts(other)).isEmpty();
        }
    }

    private static JsonArray hosts(TestServer server) {
        return new JsonObject(
                        server.get("/nacos/v1/ns/instance/list?serviceName=a").body())
                .getJsonArray("hosts");
    }

    /** R13, R33: what was acknowledged is there after a restart, with the same node and cluster ids and another run id. */
    @Test
    void restart_keepsPersistentDataAndIdentity() {
        JsonObject before;
        try (TestServer server = TestServer.start(directory)) {
            server.ask("POST", INSTANCE + "&ephemeral=false&metadata=k%3Dv");
            before = self(server);
        }
        try (TestServer server = TestServer.start(directory)) {
            assertThat(hosts(server)).hasSize(1);
            assertThat(hosts(server).getJsonObject(0).getJsonObject("metadata").getString("k"))
                    .isEqualTo("v");
            JsonObject after = self(server);
            assertThat(after.getString("nodeId")).isEqualTo(before.getString("nodeId"));
            assertThat(after.getString("clusterId")).isEqualTo(before.getString("clusterId"));
            assertThat(after.getString("runId")).isNotEqualTo(before.getString("runId"));
        }
    }

    /** R32: whoever restarts servers must not try again and again what only another build, or another setting, can mend. */
    @Test
    void dataOfALaterFormat_isRefusedAsAWrongConfiguration_andNothingIsTouched() throws IOException {
        try (TestServer server = TestServer.start(directory)) {
            server.ask("POST", INSTANCE + "&ephemeral=false");
        }
        Path config = Files.writeString(directory.resolve("muster.properties"), "cluster.format-max=1\n");
        MusterServer older = TestServer.unstarted(directory, "--config=" + config);
        assertThatThrownBy(older::start)
                .isInstanceOfSatisfying(
                        ServerFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContaining("format " + FormatInForce.NEWEST)
                .hasMessageNotContaining("Exception");
        older.stop();
        try (TestServer server = TestServer.start(directory)) {
            assertThat(hosts(server)).hasSize(1);
        }
    }

    private static JsonObject self(TestServer server) {
        return new JsonObject(server.get("/v1/core/cluster/self").body())
                .getJsonObject("data")
                .getJsonObject("extendInfo");
    }

    /** X15. */
    @Test
    void health_saysOk_andListsEveryCheckWithItsAge() {
        try (TestServer server = TestServer.start(directory)) {
            for (String path : new String[] {
                "/livez", "/readyz", "/readyz/raft", "/v1/console/health/liveness", "/nacos/v1/console/health/readiness"
            }) {
                assertThat(server.get(path).statusCode()).as(path).isEqualTo(200);
                assertThat(server.get(path).body()).as(path).isEqualTo("OK");
            }
            assertThat(server.get("/readyz?verbose").body())
                    .matches("(?s)OK\n(\\[\\+] \\w+: [^\n]+, since \\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z\n){6}")
                    .contains("[+] listed: listed", "[+] distro: ready", "[+] raft: caught up");
        }
    }

    @Test
    void raftRoutes_showTheLeader_itsLog_andItsOnlyPeer() {
        try (TestServer server = TestServer.start(directory)) {
            server.ask("POST", INSTANCE + "&ephemeral=false");
            JsonObject state =
                    new JsonObject(server.get("/nacos/v1/ns/raft/state").body());
            assertThat(state.getString("state")).isEqualTo("UP");
            assertThat(state.getString("role")).isEqualTo("LEADER");
            assertThat(state.getBoolean("ready")).isTrue();
            assertThat(state.getInteger("services")).isEqualTo(1);
            assertThat(state.getLong("appliedIndex")).isEqualTo(state.getLong("lastIndex"));
            assertThat(state.getJsonArray("peers")).hasSize(1);
            JsonObject peer = new JsonObject(server.get("/v1/ns/raft/peer").body());
            assertThat(peer.getString("ip"))
                    .isEqualTo("127.0.0.1:" + server.server().port());
            assertThat(peer.getString("voteFor")).isEqualTo(peer.getString("nodeId"));
            assertThat(new JsonObject(server.get("/v1/ns/raft/leader").body()).getJsonObject("leader"))
                    .isEqualTo(peer);
        }
    }

    /** X24: nobody is taken for a member. */
    @Test
    void raftRoutes_forMembers_areShut() {
        try (TestServer server = TestServer.start(directory)) {
            for (String path : new String[] {"vote", "beat", "datum/commit"}) {
                assertThat(server.ask("POST", "/v1/ns/raft/" + path).statusCode())
                        .as(path)
                        .isEqualTo(403);
            }
            assertThat(server.ask("DELETE", "/v1/ns/raft/datum/commit").statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void raftOperation_snapshot_cutsTheLog() {
        try (TestServer server = TestServer.start(directory)) {
            server.ask("POST", INSTANCE + "&ephemeral=false");
            assertThat(server.ask("POST", "/v1/core/ops/raft?command=doSnapshot")
                            .statusCode())
                    .isEqualTo(200);
            JsonObject state = new JsonObject(server.get("/v1/ns/raft/state").body());
            assertThat(state.getLong("snapshotIndex")).isEqualTo(state.getLong("appliedIndex"));
            assertThat(server.ask("POST", "/v1/core/ops/raft?command=resetPeers")
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void distroStatus_countsWhatIsRegistered() {
        try (TestServer server = TestServer.start(directory)) {
            server.ask("POST", INSTANCE);
            JsonObject status =
                    new JsonObject(server.get("/v1/ns/distro/status").body());
            assertThat(status.getBoolean("ready")).isTrue();
            assertThat(status.getInteger("records")).isEqualTo(1);
            assertThat(status.getInteger("responsibleGroups")).isEqualTo(1);
        }
    }

    /** R74: one address a line, ended as both the Java and the npm client split it. */
    @Test
    void serverList_namesThisNode() {
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.get("/nacos/serverlist").body())
                    .isEqualTo("127.0.0.1:" + server.server().port() + "\r\n");
        }
    }

    /** R74: any answer names the leader. */
    @Test
    void answers_nameTheLeader() {
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.get("/v1/ns/operator/metrics").headers().firstValue("Muster-Leader"))
                    .contains("127.0.0.1:" + server.server().port());
        }
    }

    /** R75. */
    @Test
    void logLevel_takesOurLoggersAndTheNamesOfNacos_only() {
        try (TestServer server = TestServer.start(directory)) {
            String path = "/v1/ns/operator/log?logLevel=info&logName=";
            assertThat(server.ask("PUT", path + "io.muster.raft").body()).isEqualTo("ok");
            assertThat(server.ask("PUT", path + "naming-push").body()).isEqualTo("ok");
            assertThat(server.ask("PUT", path.replace("operator", "ops") + "naming-push")
                            .body())
                    .isEqualTo("ok");
            assertThat(server.ask("PUT", path + "org.example").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void start_portTaken_givesTheDirectoryBack() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            MusterServer server = TestServer.unstarted(directory, "--port=" + taken.getLocalPort());
            assertThatThrownBy(server::start)
                    .isInstanceOfSatisfying(
                            ServerFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNAVAILABLE))
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
        TestServer.start(directory).close();
    }

    /** Nothing of a server that could not start lives on, whatever kept it from that. */
    @Test
    void start_faultOfTheProgram_isAFailureLikeAnyOther_andStopsWhatWasStarted() {
        Configuration configuration = TestServer.configuration(directory);
        ServerConfig good = configuration.read();
        ServerConfig.Raft raft = good.raft();
        ServerConfig notChecked = new ServerConfig(
                good.listen(),
                good.data(),
                good.lookup(),
                good.clusterSecret(),
                good.formatMax(),
                good.probing(),
                new ServerConfig.Raft(
                        raft.heartbeat(), raft.electionTimeout(), Duration.ofDays(365), raft.snapshotEveryEntries()),
                good.distro(),
                good.naming(),
                good.log());
        MusterServer server = new MusterServer(notChecked, configuration, new ProductVersion("test"));
        assertThatThrownBy(server::start)
                .isInstanceOfSatisfying(
                        ServerFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SOFTWARE))
                .hasMessageContaining("overflow");
        assertThat(server.failed()).isPresent();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("muster-"));
        TestServer.start(directory).close();
    }

    /** What the settings allow, the engines take. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--server.data-dir-max-bytes=16777216 --raft.heartbeat-ms=10 --raft.election-timeout-ms=50"
                        + " --raft.write-timeout-ms=100 --raft.snapshot-every-entries=100 --naming.expiry-guard-share=0"
                        + " --naming.expiry-guard-max-ms=0 --naming.lease-max-ms=1000 --naming.unhealthy-after-ms=1000"
                        + " --naming.remove-after-ms=1000 --naming.push-delay-ms=1 --distro.cold-start-hold-ms=0",
                "--server.data-dir-max-bytes=9223372036854775807 --raft.heartbeat-ms=43200000"
                        + " --raft.election-timeout-ms=86400000 --raft.write-timeout-ms=86400000"
                        + " --raft.snapshot-every-entries=2147483647 --naming.expiry-guard-share=1"
                        + " --naming.expiry-guard-max-ms=3600000 --naming.lease-max-ms=86400000"
                        + " --naming.unhealthy-after-ms=86400000 --naming.remove-after-ms=86400000"
                        + " --naming.push-delay-ms=10000 --distro.cold-start-hold-ms=600000"
            })
    void start_takesTheBoundsOfEverySetting(String options) {
        try (TestServer server = TestServer.start(directory, options.split(" "))) {
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
        }
    }

    /** The name that members and clients know this node by, where it is not the listener's address. */
    @Test
    void advertise_isTheNameOfThisNodeEverywhere() {
        String name = "registry.example:9999";
        try (TestServer server = TestServer.start(directory, "--advertise=" + name)) {
            assertThat(server.url()).doesNotContain(name);
            assertThat(server.get("/nacos/serverlist").body()).isEqualTo(name + "\r\n");
            assertThat(new JsonObject(server.get("/v1/ns/raft/peer").body()).getString("ip"))
                    .isEqualTo(name);
            server.ask("POST", INSTANCE);
            assertThat(server.get("/v1/ns/operator/distro/server?serviceName=a").body())
                    .isEqualTo("{\"responsibleServer\":\"" + name + "\"}");
            // The header's value is brought up to date now and then.
            await().untilAsserted(() -> assertThat(
                            server.get("/v1/ns/operator/metrics").headers().firstValue("Muster-Leader"))
                    .contains(name));
        }
    }

    @Test
    void start_directoryInUse_isRefused() {
        try (TestServer first = TestServer.start(directory)) {
            MusterServer second = TestServer.unstarted(directory);
            assertThatThrownBy(second::start)
                    .isInstanceOfSatisfying(
                            ServerFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY))
                    .hasMessageContaining(directory.toString());
            assertThat(first.get("/readyz").statusCode()).isEqualTo(200);
        }
    }

    /** X24: the key that signs tokens is this directory's own, and only its owner may read it. */
    @Test
    void tokenKey_isDrawnOnce_readableByTheOwnerAlone() throws IOException {
        byte[] key = TokenKey.in(directory);
        assertThat(TokenKey.in(directory)).isEqualTo(key).hasSize(32);
        assertThat(Files.getPosixFilePermissions(directory.resolve("token.key")).toString())
                .doesNotContain("GROUP", "OTHERS");
        Files.write(directory.resolve("token.key"), new byte[5]);
        assertThatThrownBy(() -> TokenKey.in(directory)).isInstanceOf(ServerFailure.class);
    }

    @Test
    void stop_isIdempotent_andEndsTheThreads() {
        TestServer server = TestServer.start(directory);
        server.close();
        server.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("muster-"));
    }

    /** X10: a bug on the persistent side is no reason to end the ephemeral one; a disk in doubt is. */
    @Test
    void raftThatHasStoppedItself_endsTheServer_onlyIfTheDiskIsInDoubt() {
        try (TestServer running = TestServer.start(directory)) {
            MusterServer server = running.server();
            server.raftFailed(new EngineFailure(EngineFailure.Kind.INVARIANT_BROKEN, "LogMatching: a test says so"));

            assertThat(server.failed()).isEmpty();
            assertThat(running.get("/livez").statusCode()).isEqualTo(200);
            assertThat(running.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(running.ask("POST", "/livez").statusCode()).isEqualTo(405);
            assertThat(running.ask("POST", "/livez").body()).isEqualTo("method POST is not allowed here");
            assertThat(running.ask("POST", "/nacos/v1/ns/instance?serviceName=a&ip=127.0.9.1&port=80")
                            .body())
                    .isEqualTo("ok");
            assertThat(running.get("/v1/core/cluster/events").body()).contains("ENGINE_STOPPED", "LogMatching");

            server.raftFailed(new EngineFailure(EngineFailure.Kind.STORAGE_FAILED, "fsync failed"));

            assertThat(server.failed().orElseThrow().exitCode()).isEqualTo(ExitCode.STORAGE_FAILED);
        }
    }
}
