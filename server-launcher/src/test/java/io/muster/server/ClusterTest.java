package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.server.cli.ExitCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that list each other: what each says of the others, to operators and to clients. */
class ClusterTest {

    private static final String INSTANCE = "/nacos/v1/ns/instance?serviceName=a&ip=127.0.9.1&port=80";

    @TempDir
    private Path directory;

    private static JsonArray nodes(TestServer server) {
        return new JsonObject(server.get("/nacos/v1/core/cluster/nodes").body()).getJsonArray("data");
    }

    private static JsonObject node(TestServer server, String name) {
        return nodes(server).stream()
                .map(JsonObject.class::cast)
                .filter(node -> node.getString("address").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> states(TestServer server) {
        Map<String, String> states = new TreeMap<>();
        nodes(server).stream()
                .map(JsonObject.class::cast)
                .forEach(node -> states.put(node.getString("address"), node.getString("state")));
        return states;
    }

    private static void awaitAllUp(TestCluster cluster, int... numbers) {
        for (int number : numbers) {
            await("all UP as node " + number + " sees it")
                    .untilAsserted(() -> assertThat(states(cluster.node(number)).values())
                            .hasSize(numbers.length)
                            .containsOnly("UP"));
        }
    }

    /** R2: every node tells the same of all, by every path that lists members. */
    @Test
    void members_findEachOther_andEveryListShowsThem() {
        try (TestCluster cluster = TestCluster.start(directory, 3, "--cluster-secret=hush")) {
            awaitAllUp(cluster, 1, 2, 3);
            for (int number = 1; number <= 3; number++) {
                TestServer server = cluster.node(number);
                assertThat(server.get("/nacos/v1/ns/operator/servers?healthy=true")
                                .body())
                        .contains(cluster.name(1), cluster.name(2), cluster.name(3));
                assertThat(server.get("/v1/core/cluster/simple/nodes").body())
                        .contains(cluster.name(1), cluster.name(2), cluster.name(3));
                assertThat(server.get("/nacos/serverlist").body().lines())
                        .containsExactlyInAnyOrder(cluster.name(1), cluster.name(2), cluster.name(3));
                assertThat(server.get("/readyz?verbose").body()).contains("[+] members: 3 of 3 UP");
            }
        }
    }

    @Test
    void nodes_tellWhatIsKnownOfEach() {
        try (TestCluster cluster = TestCluster.start(directory, 2)) {
            awaitAllUp(cluster, 1, 2);
            String other = cluster.name(2);
            await().untilAsserted(() -> {
                JsonObject more = node(cluster.node(1), other).getJsonObject("extendInfo");
                assertThat(more.getString("nodeId")).matches("[0-9a-f]{32}");
                assertThat(more.getInteger("peerPort")).isEqualTo(cluster.peerPort(2));
                assertThat(more.getBoolean("loaded")).isTrue();
                assertThat(more.getBoolean("listsUs")).isTrue();
                assertThat(more.getLong("roundTripMicros")).isPositive();
                assertThat(more.getLong("clockSkewMillis")).isBetween(-1_000L, 1_000L);
            });
        }
    }

    /** The peer port is for members; Nacos clients would stumble over it. */
    @Test
    void serverList_namesPeerPorts_toMembersOnly() {
        try (TestCluster cluster = TestCluster.start(directory, 2)) {
            HttpResponse<String> forMembers = cluster.node(1).get("/nacos/serverlist", "Muster-Member", "1");
            assertThat(forMembers.body().lines())
                    .containsExactlyInAnyOrder(
                            cluster.name(1) + "?peer_port=" + cluster.peerPort(1),
                            cluster.name(2) + "?peer_port=" + cluster.peerPort(2));
            assertThat(cluster.node(1).get("/nacos/serverlist").body()).doesNotContain("peer_port");
        }
    }

    @Test
    void memberThatStops_isSeenToLeaveAtOnce_andToComeBack() {
        try (TestCluster cluster = TestCluster.start(directory, 2)) {
            awaitAllUp(cluster, 1, 2);
            cluster.node(2).close();
            await().untilAsserted(() -> assertThat(node(cluster.node(1), cluster.name(2))
                            .getJsonObject("extendInfo")
                            .getString("reason"))
                    .contains("left"));
            assertThat(cluster.node(1).get("/readyz?verbose").body())
                    .startsWith("OK")
                    .contains("[+] members: 1 of 2 UP");
            cluster.start(2);
            awaitAllUp(cluster, 1, 2);
        }
    }

    /** R42, R46, X2: whoever takes a registration, everybody shows it, and names the same responsible member; so with a removal. */
    @Test
    void registration_isSoonSeenOnEveryNode() {
        try (TestCluster cluster = TestCluster.start(directory, 3)) {
            awaitAllUp(cluster, 1, 2, 3);
            assertThat(cluster.node(1).ask("POST", INSTANCE).body()).isEqualTo("ok");
            awaitHosts(cluster, 1);
            assertThat(responsible(cluster, 1))
                    .isEqualTo(responsible(cluster, 2))
                    .isEqualTo(responsible(cluster, 3));
            assertThat(cluster.node(2).ask("DELETE", INSTANCE).body()).isEqualTo("ok");
            awaitHosts(cluster, 0);
        }
    }

    private static void awaitHosts(TestCluster cluster, int count) {
        for (int number = 1; number <= 3; number++) {
            TestServer server = cluster.node(number);
            await("hosts on node " + number)
                    .untilAsserted(
                            () -> assertThat(new JsonObject(server.get("/nacos/v1/ns/instance/list?serviceName=a")
                                                    .body())
                                            .getJsonArray("hosts"))
                                    .hasSize(count));
        }
    }

    private static String responsible(TestCluster cluster, int number) {
        return cluster.node(number)
                .get("/v1/ns/operator/distro/server?serviceName=a")
                .body();
    }

    /** R49: a node that comes later has what the others hold, before it serves. */
    @Test
    void nodeThatJoins_holdsWhatTheOthersHold_whenItIsReady() {
        TestCluster cluster = TestCluster.planned(directory, 2, "--distro.load-wait-ms=2000");
        try (cluster) {
            TestServer first = cluster.start(1);
            assertThat(first.ask("POST", INSTANCE).body()).isEqualTo("ok");
            TestServer second = cluster.start(2);
            assertThat(second.get("/nacos/v1/ns/instance/list?serviceName=a").body())
                    .contains("127.0.9.1");
        }
    }

    /** Design §4, "Founding": until then the ephemeral side is served, and the persistent side refuses at once. */
    @Test
    void notFounded_ephemeralIsServed_persistentIsRefused_andTheNodeIsReady() {
        try (TestCluster cluster = TestCluster.planned(directory, 2)) {
            TestServer server = cluster.start(1);
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(server.ask("POST", INSTANCE).body()).isEqualTo("ok");
            HttpResponse<String> refused = server.ask("POST", INSTANCE + "&ephemeral=false");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("not founded");
            assertThat(server.get("/readyz/raft").statusCode()).isEqualTo(503);
            assertThat(server.get("/readyz/raft").body()).contains("not founded");
            assertThat(server.get("/v1/core/cluster/self").body()).doesNotContain("clusterId");

            TestServer second = cluster.start(2);
            await("the group is founded once all have met")
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(second.ask("POST", INSTANCE + "&ephemeral=false")
                                    .body())
                            .isEqualTo("ok"));
        }
    }

    /** Design §8: losing the leader later makes nobody unready; the persistent side says so. */
    @Test
    void majorityLost_theNodeStaysReady_andThePersistentSideIsNot() {
        try (TestCluster cluster = TestCluster.start(directory, 3)) {
            TestServer server = cluster.node(1);
            await("all three vote")
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(server.get("/v1/ns/raft/state").body()).contains("\"lossesTolerated\":1"));
            assertThat(server.get("/readyz/raft").body()).isEqualTo("OK");
            cluster.node(2).close();
            cluster.node(3).close();

            await("it leads no longer, or misses who led")
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(server.get("/readyz/raft").statusCode()).isEqualTo(503));
            assertThat(server.get("/readyz/raft").body()).contains("no leader is known");
            assertThat(server.get("/v1/ns/raft/state").body()).contains("\"ready\":false");
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
        }
    }

    /** Changing the mode loses nothing, there and back. */
    @Test
    void standaloneNode_restartedAsAMember_keepsItsPersistentData_andItsGroup() {
        TestCluster cluster = TestCluster.planned(directory, 1);
        try (TestServer alone = TestServer.start(cluster.directory(1))) {
            assertThat(alone.ask("POST", INSTANCE + "&ephemeral=false").body()).isEqualTo("ok");
        }
        try (TestServer member = cluster.start(1)) {
            assertThat(member.get("/nacos/v1/ns/instance/list?serviceName=a").body())
                    .contains("127.0.9.1");
            await().untilAsserted(
                            () -> assertThat(member.get("/readyz/raft").body()).isEqualTo("OK"));
            assertThat(member.ask("DELETE", INSTANCE + "&ephemeral=false").body())
                    .isEqualTo("ok");
        }
        try (TestServer alone = TestServer.start(cluster.directory(1))) {
            assertThat(alone.get("/nacos/v1/ns/instance/list?serviceName=a").body())
                    .contains("\"hosts\":[]");
        }
    }

    /** X24. */
    @Test
    void withoutSecret_everyLocalProcessIsTrusted_andTheNodeSaysSo() {
        try (TestCluster open = TestCluster.start(directory.resolve("open"), 1);
                TestCluster closed = TestCluster.start(directory.resolve("closed"), 1, "--cluster-secret=hush")) {
            assertThat(trust(open.node(1))).contains("every local process is trusted");
            assertThat(trust(closed.node(1))).isEqualTo("members prove the cluster secret");
        }
    }

    private static String trust(TestServer server) {
        return new JsonObject(server.get("/v1/core/cluster/self").body())
                .getJsonObject("data")
                .getJsonObject("extendInfo")
                .getString("trust");
    }

    /** X24: who does not know the secret is no member, and is told apart from one who is away. */
    @Test
    void otherSecret_keepsANodeOut() {
        TestCluster cluster = TestCluster.planned(directory, 2);
        try (TestServer one = started(cluster, 1, "--cluster-secret=hush");
                TestServer other = started(cluster, 2, "--cluster-secret=guess")) {
            await().untilAsserted(() -> assertThat(one.get("/metrics").body().lines())
                    .anyMatch(line -> line.matches("muster_peer_refused_total\\{reason=\"secret\"} [1-9].*")));
            assertThat(states(one).get(cluster.name(2))).isNotEqualTo("UP");
            assertThat(states(other).get(cluster.name(1))).isNotEqualTo("UP");
            assertThat(node(one, cluster.name(2)).getJsonObject("extendInfo").containsKey("nodeId"))
                    .isFalse();
        }
    }

    private static TestServer started(TestCluster cluster, int number, String option) {
        List<String> arguments = cluster.arguments(number);
        arguments.add(option);
        return TestServer.start(cluster.directory(number), arguments.toArray(String[]::new));
    }

    @Test
    void clusterConf_isReadAtTheStart() throws IOException {
        TestCluster plan = TestCluster.planned(directory, 2);
        Path file = Files.writeString(
                directory.resolve("cluster.conf"),
                "# two members\n" + plan.name(1) + "?peer_port=" + plan.peerPort(1) + "\n" + plan.name(2) + "\n");
        int port = Integer.parseInt(plan.name(1).split(":")[1]);
        try (TestServer server = TestServer.start(
                directory.resolve("data"),
                "--port=" + port,
                "--peer-port=" + plan.peerPort(1),
                "--cluster-conf=" + file)) {
            assertThat(states(server))
                    .containsOnlyKeys(plan.name(1), plan.name(2))
                    .containsEntry(plan.name(1), "UP");
            assertThat(new JsonObject(server.get("/v1/core/cluster/self").body())
                            .getJsonObject("data")
                            .getJsonObject("extendInfo")
                            .getString("lookup"))
                    .isEqualTo("file: " + file + " names 2 members");
        }
    }

    @Test
    void peerPortTaken_theServerDoesNotStart_andNothingOfItLivesOn() throws IOException {
        TestCluster plan = TestCluster.planned(directory, 1);
        try (ServerSocket taken = new ServerSocket(plan.peerPort(1), 1, InetAddress.getLoopbackAddress())) {
            MusterServer server =
                    TestServer.unstarted(directory, plan.arguments(1).toArray(String[]::new));
            assertThatThrownBy(server::start)
                    .isInstanceOfSatisfying(
                            ServerFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNAVAILABLE))
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("--peer-port");
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("muster-"));
        try (TestServer server = TestServer.start(directory, plan.arguments(1).toArray(String[]::new))) {
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
        }
    }

    /** R60: a node alone opens no port for members. */
    @Test
    void standalone_opensNoPeerPort() throws IOException {
        TestCluster plan = TestCluster.planned(directory, 1);
        try (ServerSocket taken = new ServerSocket(plan.peerPort(1), 1, InetAddress.getLoopbackAddress());
                TestServer server = TestServer.start(directory, "--peer-port=" + taken.getLocalPort())) {
            assertThat(server.get("/readyz?verbose").body()).startsWith("OK").contains("1 of 1 UP");
        }
    }
}
