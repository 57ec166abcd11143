package io.muster.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.naming.model.Metadata;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.wire.RegistryRecordCodec;
import io.muster.server.TestCluster;
import io.muster.server.TestServer;
import io.muster.server.config.ProductVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code muster raft …} on clusters, whole and broken. */
class RaftCommandTest {

    private static final String PERSISTENT = "/nacos/v1/ns/instance?serviceName=a&ip=127.0.9.1&port=80&ephemeral=false";

    @TempDir
    private Path directory;

    /** What a command printed and how it ended. */
    private record Result(int exitCode, String out, String err) {}

    private static Result run(TestServer server, String line) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of("--server", server.url()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = MusterCommand.run(
                arguments, new ProductVersion("1.2.3"), new PrintWriter(out), new PrintWriter(err, true));
        return new Result(exitCode, out.toString(), err.toString());
    }

    /** Runs it until the group is in a state to do it: one change after the other, by a leader that is settled. */
    private static Result done(TestServer server, String line) {
        Result[] last = new Result[1];
        await(line).atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            last[0] = run(server, line);
            assertThat(last[0].err()).isEmpty();
            assertThat(last[0].exitCode()).isZero();
        });
        return last[0];
    }

    private static JsonObject state(TestServer server) {
        return new JsonObject(server.get("/v1/ns/raft/state").body());
    }

    private TestCluster founded(int size) {
        TestCluster cluster = TestCluster.start(directory, size);
        await("all vote").atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            for (int number = 1; number <= size; number++) {
                assertThat(state(cluster.node(number)).getInteger("voters")).isEqualTo(size);
            }
        });
        return cluster;
    }

    /** R16: whichever member is asked, it names the leader, with its fields. */
    @Test
    void leader_isNamedByEveryMember_andInTheHeaderOfItsAnswers() {
        try (TestCluster cluster = founded(3)) {
            await().untilAsserted(() -> {
                JsonObject first = leader(cluster.node(1));
                assertThat(List.of(cluster.name(1), cluster.name(2), cluster.name(3)))
                        .contains(first.getString("ip"));
                for (int number = 1; number <= 3; number++) {
                    JsonObject told = leader(cluster.node(number));
                    for (String field : new String[] {"ip", "nodeId", "state", "term", "voteFor"}) {
                        assertThat(told.getValue(field)).isEqualTo(first.getValue(field));
                    }
                    assertThat(cluster.node(number)
                                    .get("/nacos/v1/ns/instance/list?serviceName=a")
                                    .headers()
                                    .firstValue("Muster-Leader"))
                            .contains(first.getString("ip"));
                }
                assertThat(first.getString("state")).isEqualTo("LEADER");
            });
        }
    }

    /** R25, {@code datum/reload}: a follower finds its copy equal to the leader's, of a datum that is there and of one that is not. */
    @Test
    void datumReload_onAFollower_comparesWithTheLeader() {
        try (TestCluster cluster = founded(3)) {
            String value = Base64.getEncoder()
                    .encodeToString(new RegistryRecordCodec()
                            .encode(new NamespaceDefinition("dev", "dev", "", Metadata.EMPTY)));
            String datum = "/v1/ns/raft/datum";
            assertThat(cluster.node(1)
                            .ask(
                                    "POST",
                                    datum + "?key=namespaces/dev&value="
                                            + URLEncoder.encode(value, StandardCharsets.UTF_8))
                            .body())
                    .isEqualTo("ok");
            for (int number = 1; number <= 3; number++) {
                TestServer server = cluster.node(number);
                boolean leads = cluster.name(number).equals(leader(server).getString("ip"));
                for (String key : new String[] {"namespaces/dev", "namespaces/none"}) {
                    JsonObject answer = new JsonObject(
                            server.ask("PUT", datum + "/reload?key=" + key).body());
                    assertThat(answer.getBoolean("replaced")).isFalse();
                    assertThat(answer.getString("outcome"))
                            .isEqualTo(
                                    leads
                                            ? "this node leads: its copy is what others compare with"
                                            : "the same as the leader's");
                }
            }
        }
    }

    private static JsonObject leader(TestServer server) {
        return new JsonObject(server.get("/v1/ns/raft/leader").body()).getJsonObject("leader");
    }

    /** R21: status tells what may be lost; even counts are warned of; members come and go while writes go on. */
    @Test
    void members_leaveAndComeBack_andStatusTellsHowManyLossesAreTolerated() {
        try (TestCluster cluster = founded(3)) {
            TestServer server = cluster.node(1);
            assertThat(run(server, "raft status").out())
                    .containsPattern("voters +3")
                    .containsPattern("lossesTolerated +1")
                    .containsPattern(cluster.name(2) + " +(LEADER|FOLLOWER|-) +yes ")
                    .doesNotContain("\nwarning: ");
            Result objected = run(server, "raft remove " + cluster.name(3));
            assertThat(objected.exitCode()).isEqualTo(ExitCode.FAILED.code());
            assertThat(objected.err()).contains("listed");

            done(server, "raft pause-wish");
            done(server, "raft remove " + cluster.name(3));
            await().untilAsserted(() -> assertThat(run(server, "raft status").out())
                    .containsPattern("voters +2")
                    .containsPattern("lossesTolerated +0")
                    .contains("warning: 2 voters tolerate 0 losses, as many as 1 would"));
            assertThat(server.ask("POST", PERSISTENT).body()).isEqualTo("ok");

            done(server, "raft add " + cluster.name(3));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(state(server).getInteger("voters")).isEqualTo(3));
            done(server, "raft resume-wish");
            assertThat(done(server, "raft apply-wish --confirm").out()).isNotBlank();
        }
    }

    /** R22. */
    @Test
    void transferLeader_handsItToWhomIsNamed() {
        try (TestCluster cluster = founded(3)) {
            for (int number = 1; number <= 3; number++) {
                String wanted = cluster.name(number);
                TestServer asked = cluster.node(number % 3 + 1);
                await("leader " + wanted)
                        .ignoreExceptions()
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> {
                            if (!wanted.equals(leader(asked).getString("ip"))) {
                                run(asked, "raft transfer-leader " + wanted);
                            }
                            assertThat(leader(asked).getString("ip")).isEqualTo(wanted);
                        });
            }
            Result unknown = run(cluster.node(1), "raft transfer-leader 127.0.0.1:1");
            assertThat(unknown.exitCode()).isEqualTo(ExitCode.FAILED.code());
            assertThat(unknown.err()).contains("no node that was met");
        }
    }

    /** R23: nothing resets a membership by itself; who does must say what may be lost. */
    @Test
    void resetMembership_letsTheRestServe_afterAMajorityIsLost() {
        try (TestCluster cluster = founded(3)) {
            TestServer left = cluster.node(1);
            cluster.node(2).close();
            cluster.node(3).close();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> left.get("/v1/ns/raft/leader").statusCode() == 503);
            assertThat(left.ask("POST", PERSISTENT).statusCode()).isEqualTo(503);
            Result transfer = run(left, "raft transfer-leader");
            assertThat(transfer.exitCode()).isEqualTo(ExitCode.FAILED.code());
            assertThat(transfer.err()).contains("no leader is known");

            String reset = "raft reset-membership --voters " + cluster.name(1);
            Result unconfirmed = run(left, reset);
            assertThat(unconfirmed.exitCode()).isEqualTo(ExitCode.USAGE.code());
            assertThat(unconfirmed.err()).contains("--confirm-data-loss");
            assertThat(state(left).getInteger("voters")).isEqualTo(3);

            done(left, reset + " --confirm-data-loss");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(left.ask("POST", PERSISTENT).body()).isEqualTo("ok"));
        }
    }

    /** Design §4, "Founding": with members missing only by a command that names the risk. */
    @Test
    void found_makesAGroup_thoughAListedMemberIsMissing() {
        try (TestCluster cluster = TestCluster.planned(directory, 3)) {
            TestServer one = cluster.start(1);
            cluster.start(2);
            await().untilAsserted(() ->
                    assertThat(run(one, "members").out()).containsPattern(cluster.name(2) + " +UP .*[0-9a-f]{32}"));
            assertThat(one.ask("POST", PERSISTENT).statusCode()).isEqualTo(503);
            Result unconfirmed = run(one, "raft found");
            assertThat(unconfirmed.exitCode()).isEqualTo(ExitCode.USAGE.code());
            assertThat(unconfirmed.err()).contains("--confirm-second-cluster");

            String members = cluster.name(1) + "," + cluster.name(2);
            assertThat(done(one, "raft found --confirm-second-cluster --members " + members)
                            .out())
                    .contains("founds cluster");
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(
                            () -> assertThat(one.ask("POST", PERSISTENT).body()).isEqualTo("ok"));
        }
    }

    @Test
    void join_withoutAnotherCluster_saysSo() {
        try (TestCluster cluster = TestCluster.start(directory, 1)) {
            Result refused = run(cluster.node(1), "raft join --discard-local");
            assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED.code());
            assertThat(refused.err()).contains("no listed member is known to belong to another cluster");
        }
    }

    /** Who belongs to another cluster stays there until its data are given up explicitly. */
    @Test
    void join_leavesOwnDataBehind_onlyIfToldSo() {
        try (TestCluster cluster = TestCluster.planned(directory, 2)) {
            TestServer one = cluster.start(1);
            done(one, "raft found --confirm-second-cluster");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(one.ask("POST", PERSISTENT).body()).isEqualTo("ok"));
            String first = state(one).getString("clusterId");
            one.close();
            TestServer two = cluster.start(2);
            done(two, "raft found --confirm-second-cluster");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(two.ask("POST", PERSISTENT).body()).isEqualTo("ok"));
            String second = state(two).getString("clusterId");
            assertThat(second).isNotEqualTo(first);

            TestServer back = cluster.start(1);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(run(back, "raft join").err()).contains("must be said explicitly"));
            assertThat(state(back).getString("clusterId")).isEqualTo(first);
            done(back, "raft join --discard-local");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(state(back).getString("clusterId")).isEqualTo(second));
        }
    }

    @Test
    void status_andSnapshot_haveJson() {
        try (TestServer server = TestServer.start(directory)) {
            JsonArray peers = new JsonObject(run(server, "raft status --json").out()).getJsonArray("peers");
            assertThat(peers.getJsonObject(0).getBoolean("voter")).isTrue();
            assertThat(new JsonObject(run(server, "raft snapshot --json").out()).getString("data"))
                    .isEqualTo("snapshot taken");
            assertThat(run(server, "distro status").out()).containsPattern("RESPONSIBLE +GROUPS");
            assertThat(new JsonObject(run(server, "distro status --json").out()).getJsonObject("shares"))
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"found", "applyWish", "resetMembership"})
    void dangerousCommand_byHttp_needsConfirm(String command) {
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.ask("POST", "/v1/core/ops/raft?command=" + command)
                            .body())
                    .contains("needs confirm=true, since ");
        }
    }
}
