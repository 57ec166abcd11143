package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.naming.model.Metadata;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.wire.RegistryRecordCodec;
import io.muster.server.TestCluster;
import io.muster.server.TestServer;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R25: a member that speaks only REST. It borrows the identity of one that has stopped. */
class RaftMemberRoutesTest {

    private static final String SECRET = "hush";
    private static final String BASE = "/nacos/v1/ns/raft/";

    @TempDir
    private Path directory;

    /** What a member sends, and what the node at the other end answers. */
    private record ScriptedMember(TestServer to, String clusterId, String id, String secret) {

        HttpResponse<String> send(String method, String path, Map<String, Object> fields) {
            StringBuilder query = new StringBuilder("?clusterId=" + clusterId);
            fields.forEach((name, value) -> query.append('&')
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8)));
            return to.ask(method, BASE + path + query, "Muster-Cluster-Secret", secret);
        }

        JsonObject sent(String method, String path, Map<String, Object> fields) {
            HttpResponse<String> answer = send(method, path, fields);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return new JsonObject(answer.body());
        }

        Map<String, Object> vote(long term, long lastIndex, long lastTerm) {
            return Map.of("term", term, "candidateId", id, "lastLogIndex", lastIndex, "lastLogTerm", lastTerm);
        }

        Map<String, Object> beat(long term, long index, long indexTerm, long commit) {
            return Map.of(
                    "term",
                    term,
                    "leaderId",
                    id,
                    "prevLogIndex",
                    index,
                    "prevLogTerm",
                    indexTerm,
                    "leaderCommit",
                    commit);
        }

        Map<String, Object> entry(long term, long index, long indexTerm, String value) {
            JsonObject entry = new JsonObject()
                    .put("index", index + 1)
                    .put("term", term)
                    .put("key", "namespaces/dev")
                    .put("value", value);
            return Map.of(
                    "term",
                    term,
                    "leaderId",
                    id,
                    "prevLogIndex",
                    index,
                    "prevLogTerm",
                    indexTerm,
                    "leaderCommit",
                    index + 1,
                    "entry",
                    entry.encode());
        }
    }

    private static JsonObject raft(TestServer server, String name) {
        return new JsonObject(server.get(BASE + name).body());
    }

    private static String id(TestServer server) {
        return raft(server, "peer").getString("nodeId");
    }

    /** Three voters of whom the last two have stopped, so that the first knows no leader. */
    private TestCluster withoutLeader() {
        TestCluster cluster = TestCluster.start(directory, 3, "--cluster-secret=" + SECRET);
        await("three voters").atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            for (int number = 1; number <= 3; number++) {
                assertThat(raft(cluster.node(number), "state").getInteger("voters"))
                        .isEqualTo(3);
            }
        });
        return cluster;
    }

    private static void stopOthers(TestCluster cluster) {
        cluster.node(3).close();
        cluster.node(2).close();
        await("no leader")
                .atMost(Duration.ofSeconds(20))
                .until(() -> cluster.node(1).get(BASE + "leader").statusCode() == 503);
    }

    @Test
    void scriptedMember_getsAVote_leads_andIsRefusedForAnOldLog() {
        try (TestCluster cluster = withoutLeader()) {
            TestServer server = cluster.node(1);
            String second = id(cluster.node(2));
            String third = id(cluster.node(3));
            stopOthers(cluster);
            JsonObject before = raft(server, "state");
            String clusterId = before.getString("clusterId");
            ScriptedMember member = new ScriptedMember(server, clusterId, second, SECRET);
            ScriptedMember rival = new ScriptedMember(server, clusterId, third, SECRET);
            long term = before.getLong("term");
            long last = before.getLong("lastIndex");

            JsonObject old = member.sent("POST", "vote", member.vote(term + 1, 0, 0));
            assertThat(old.getBoolean("granted")).as("for an old log (§5.4.1)").isFalse();
            assertThat(old.getLong("term")).isEqualTo(term + 1);

            JsonObject granted = member.sent("POST", "vote", member.vote(term + 2, last, term));
            assertThat(granted.getBoolean("granted")).isTrue();
            assertThat(raft(server, "peer").getString("voteFor")).isEqualTo(second);
            assertThat(rival.sent("POST", "vote", rival.vote(term + 2, last, term))
                            .getBoolean("granted"))
                    .as("one vote a term (R11)")
                    .isFalse();

            long lastTerm = term;
            while (!member.sent("POST", "beat", member.beat(term + 2, last, lastTerm, 0))
                    .getBoolean("success")) {
                lastTerm--;
                assertThat(lastTerm).as("term of the last entry").isPositive();
            }
            assertThat(raft(server, "leader").getJsonObject("leader").getString("ip"))
                    .isEqualTo(cluster.name(2));
            assertThat(raft(server, "leader").getJsonObject("leader").getString("state"))
                    .isEqualTo("LEADER");
            JsonObject deposed = rival.sent("POST", "beat", rival.beat(term + 1, last, lastTerm, 0));
            assertThat(deposed.getBoolean("success"))
                    .as("a beat of an older term")
                    .isFalse();
            assertThat(deposed.getLong("term")).isEqualTo(term + 2);

            commit(server, member, term + 2, last, lastTerm);
        }
    }

    private static void commit(TestServer server, ScriptedMember leader, long term, long last, long lastTerm) {
        String value = Base64.getEncoder()
                .encodeToString(
                        new RegistryRecordCodec().encode(new NamespaceDefinition("dev", "dev", "", Metadata.EMPTY)));
        JsonObject stored = leader.sent("POST", "datum/commit", leader.entry(term, last, lastTerm, value));
        assertThat(stored.getBoolean("success")).isTrue();
        assertThat(stored.getLong("lastLogIndex")).isEqualTo(last + 1);
        await().untilAsserted(() -> assertThat(
                        server.get("/v1/ns/raft/datum?keys=namespaces/dev").body())
                .contains("\"value\":\"" + value + "\"", "\"timestamp\":" + (last + 1)));

        JsonObject removed = leader.sent("DELETE", "datum/commit", leader.entry(term, last + 1, term, ""));
        assertThat(removed.getLong("lastLogIndex")).isEqualTo(last + 2);
        await().untilAsserted(() -> assertThat(
                        server.get("/v1/ns/raft/datum?keys=namespaces/dev").body())
                .isEqualTo("[]"));
    }

    /** X24. */
    @Test
    void strangers_get403_andChangeNothing() {
        try (TestCluster cluster = withoutLeader()) {
            TestServer server = cluster.node(1);
            String second = id(cluster.node(2));
            stopOthers(cluster);
            JsonObject before = raft(server, "state");
            String clusterId = before.getString("clusterId");
            long term = before.getLong("term") + 10;
            long last = before.getLong("lastIndex");
            for (ScriptedMember stranger : new ScriptedMember[] {
                new ScriptedMember(server, clusterId, second, "guess"),
                new ScriptedMember(server, clusterId, "0".repeat(32), SECRET),
                new ScriptedMember(server, clusterId, id(server), SECRET),
                new ScriptedMember(server, "0".repeat(32), second, SECRET)
            }) {
                assertForbidden(stranger.send("POST", "vote", stranger.vote(term, last, term)));
                assertForbidden(stranger.send("POST", "beat", stranger.beat(term, last, 1, last)));
                assertForbidden(stranger.send("DELETE", "datum/commit", stranger.entry(term, last, 1, "")));
            }
            ScriptedMember member = new ScriptedMember(server, "", second, SECRET);
            assertThat(member.send("POST", "vote", member.vote(term, last, term))
                            .statusCode())
                    .as("clusterId is required")
                    .isEqualTo(400);
            JsonObject after = raft(server, "state");
            for (String field : new String[] {"term", "lastIndex", "commitIndex"}) {
                assertThat(after.getLong(field)).as(field).isEqualTo(before.getLong(field));
            }
        }
    }

    /** Where nobody can prove to be a member, nobody is one. */
    @Test
    void withoutASecret_nobodyIsAMember() {
        try (TestServer server = TestServer.start(directory)) {
            JsonObject before = raft(server, "state");
            ScriptedMember member = new ScriptedMember(server, before.getString("clusterId"), "1".repeat(32), SECRET);
            long term = before.getLong("term") + 10;
            assertForbidden(member.send("POST", "vote", member.vote(term, 0, 0)));
            assertForbidden(member.send("POST", "beat", member.beat(term, 0, 0, 0)));
            assertForbidden(member.send("POST", "datum/commit", member.entry(term, 0, 0, "")));
            assertThat(raft(server, "state").getLong("term")).isEqualTo(before.getLong("term"));
        }
    }

    /** The fields may come as a JSON object as well. */
    @Test
    void jsonBody_isAVoteToo() {
        try (TestCluster cluster = withoutLeader()) {
            TestServer server = cluster.node(1);
            String second = id(cluster.node(2));
            stopOthers(cluster);
            JsonObject state = raft(server, "state");
            JsonObject vote = new JsonObject()
                    .put("clusterId", state.getString("clusterId"))
                    .put("candidateId", second)
                    .put("term", state.getLong("term") + 1)
                    .put("lastLogIndex", state.getLong("lastIndex"))
                    .put("lastLogTerm", state.getLong("term"))
                    .put("preVote", false);
            HttpResponse<String> answer =
                    server.tell("POST", BASE + "vote", vote.encode(), "Muster-Cluster-Secret", SECRET);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(new JsonObject(answer.body()).getBoolean("granted")).isTrue();
        }
    }

    private static void assertForbidden(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).startsWith("members only");
    }
}
