package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** X21 between members: every one tells what happened, by its own eyes, and who decided it. */
class ServiceEventsClusterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private static List<JsonObject> events(TestServer server, String service) {
        JsonArray events = new JsonObject(
                        server.get("/v1/ns/events?serviceName=" + service).body())
                .getJsonArray("events");
        return events.stream().map(JsonObject.class::cast).toList();
    }

    private static List<String> kinds(TestServer server, String service) {
        return events(server, service).stream()
                .map(event -> event.getString("kind"))
                .toList();
    }

    @Test
    void eachMemberTells_andAnExpiryNamesWhoDecidedIt_beItsSuccessor() {
        try (TestCluster cluster =
                TestCluster.start(directory, 2, "--naming.unhealthy-after-ms=1000", "--naming.remove-after-ms=4000")) {
            TestServer first = cluster.node(1);
            TestServer second = cluster.node(2);
            await().atMost(PATIENCE)
                    .until(() ->
                            first.get("/v1/core/cluster/simple/nodes").body().contains(cluster.name(2))
                                    && second.get("/v1/core/cluster/simple/nodes")
                                            .body()
                                            .contains(cluster.name(1)));
            String ofFirst = registered(cluster, 1);
            await().atMost(PATIENCE).until(() -> kinds(second, ofFirst).contains("REGISTERED"));
            first.close();

            await().atMost(PATIENCE).until(() -> kinds(second, ofFirst).contains("REMOVED"));
            assertThat(kinds(second, ofFirst)).containsExactly("REGISTERED", "UNHEALTHY", "REMOVED");
            JsonObject removed = events(second, ofFirst).get(2);
            assertThat(removed.getString("cause")).isEqualTo("EXPIRED");
            assertThat(removed.getString("by")).isEqualTo(cluster.name(2));
        }
    }

    /** A service with one instance, for whose session that member answers. */
    private static String registered(TestCluster cluster, int number) {
        TestServer member = cluster.node(number);
        for (int i = 0; ; i++) {
            String service = "s" + i;
            member.ask("POST", "/v1/ns/instance?serviceName=" + service + "&ip=127.0.9.1&port=80");
            String answer = member.get("/v1/ns/operator/distro/server?serviceName=" + service)
                    .body();
            if (new JsonObject(answer).getString("responsibleServer").equals(cluster.name(number))) {
                return service;
            }
        }
    }

    /** What was there before is no event of the process that loads it. */
    @Test
    void whatARestartedServerRestores_isNoEvent() {
        try (TestServer server = TestServer.start(directory)) {
            server.ask("POST", "/v1/ns/instance?serviceName=kept&ip=127.0.9.1&port=80&ephemeral=false");
            assertThat(kinds(server, "kept")).containsExactly("REGISTERED");
        }
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.get("/v1/ns/instance?serviceName=kept&ip=127.0.9.1&port=80")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(kinds(server, "kept")).isEmpty();
            server.ask("DELETE", "/v1/ns/instance?serviceName=kept&ip=127.0.9.1&port=80&ephemeral=false");
            assertThat(kinds(server, "kept")).containsExactly("REMOVED");
        }
    }
}
