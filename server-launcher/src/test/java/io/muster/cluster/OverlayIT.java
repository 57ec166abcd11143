package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.BeatingClients;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * X12 on real processes: what an operator says of an ephemeral instance outlives its client's reconnect and registration anew, the death of the node
 * that took it, and a full restart of the servers, with and without a leader at the time.
 */
@Timeout(900)
class OverlayIT {

    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);
    private static final Duration BEATS_EVERY = Duration.ofMillis(500);
    private static final String PENDING = "Muster-Overlay";
    private static final Instance INSTANCE = new Instance("overlaid", "10.66.0.1", 8080);
    private static final String IDENTITY = "/nacos/v1/ns/instance?serviceName=overlaid&ip=10.66.0.1&port=8080";
    private static final String OVERLAY = IDENTITY.replace("/instance?", "/instance/overlay?");

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private ServerCluster cluster() {
        ServerCluster cluster = clusters.start(
                clusters.of(3).options("--distro.load-wait-ms", "1000", "--distro.cold-start-hold-ms", "1000"));
        PersistentStory.leader(cluster);
        return cluster;
    }

    private static BeatingClients beating(ServerCluster cluster) {
        return BeatingClients.start(RegistryClient.of(cluster::urls), BEATS_EVERY, List.of(INSTANCE));
    }

    /** The whole of it in a row; the full run tells it again and again on the same cluster. */
    @Test
    void operatorsWord_outlivesClientsAndServers_withAndWithoutALeader() {
        ServerCluster cluster = cluster();
        try (BeatingClients client = beating(cluster)) {
            await("the instance is known everywhere")
                    .atMost(SETTLES_WITHIN)
                    .until(() -> cluster.nodes().stream()
                            .allMatch(node -> shown(node).isPresent()));
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                int weight = 10 * (round + 1);
                withALeader(cluster, weight);
                withoutALeader(cluster, weight + 1);
                fullRestart(cluster, weight + 1);
                takenBack(cluster);
            }
            assertThat(client.report().beats()).isPositive();
        }
    }

    private void withALeader(ServerCluster cluster, int weight) {
        ClusterNode accepting = cluster.node("n1");
        HttpResponse<String> said = accepting.ask("PATCH", said(weight));
        assertThat(said.statusCode()).as(said.body()).isEqualTo(200);
        assertThat(said.headers().firstValue(PENDING)).isEmpty();
        assertThat(shown(accepting).orElseThrow().path("weight").asInt()).isEqualTo(weight);
        awaitShown(cluster, weight);

        // A reconnect that describes the instance otherwise, and a restart of the client that deregisters first.
        assertThat(cluster.node("n2").ask("POST", IDENTITY + "&weight=2").statusCode())
                .isEqualTo(200);
        awaitShown(cluster, weight);
        assertThat(cluster.node("n3").ask("DELETE", IDENTITY).statusCode()).isEqualTo(200);
        assertThat(cluster.node("n2").ask("POST", IDENTITY + "&weight=3").statusCode())
                .isEqualTo(200);
        awaitShown(cluster, weight);
    }

    /** One node is left when the operator speaks; it dies before there is a leader that could store it. */
    private void withoutALeader(ServerCluster cluster, int weight) {
        ClusterNode accepting = cluster.node("n2");
        ClusterNode heir = cluster.node("n3");
        ClusterNode last = cluster.node("n1");
        last.kill();
        heir.kill();
        await("the instance beats at the one that is left")
                .atMost(SETTLES_WITHIN)
                .until(() -> shown(accepting).isPresent());
        HttpResponse<String> said = await("the word is taken")
                .atMost(SETTLES_WITHIN)
                .until(() -> accepting.ask("PATCH", said(weight)), answer -> answer.statusCode() == 200);
        assertThat(said.headers().firstValue(PENDING)).as("nobody stored it").contains("pending");
        assertThat(shown(accepting).orElseThrow().path("weight").asInt()).isEqualTo(weight);
        assertThat(accepting.ask("POST", IDENTITY + "&weight=4").statusCode()).isEqualTo(200);
        JsonNode instance = shown(accepting).orElseThrow();
        assertThat(instance.path("weight").asInt()).as("through a registration").isEqualTo(weight);
        assertThat(instance.path("pendingOverlay").path("weight").asInt()).isEqualTo(weight);

        heir.start().awaitReady();
        await("the heir has the word").atMost(SETTLES_WITHIN).until(() -> shows(heir, weight));
        accepting.kill();
        last.start().awaitReady();
        await("it is stored by those that are left").atMost(SETTLES_WITHIN).untilAsserted(() -> {
            assertStored(heir, weight);
            assertStored(last, weight);
        });
    }

    /** Nobody is left who holds anything but on disk. */
    private void fullRestart(ServerCluster cluster, int weight) {
        cluster.nodes().forEach(ClusterNode::kill);
        cluster.nodes().forEach(ClusterNode::start);
        cluster.nodes().forEach(ClusterNode::awaitReady);
        awaitShown(cluster, weight);
    }

    /** What the client registers shows again at once where it was asked for, and soon everywhere. */
    private void takenBack(ServerCluster cluster) {
        PersistentStory.leader(cluster);
        ClusterNode node = cluster.node("n3");
        assertThat(node.ask("POST", IDENTITY + "&weight=7").statusCode()).isEqualTo(200);
        HttpResponse<String> removed = node.ask("DELETE", OVERLAY);
        assertThat(removed.statusCode()).as(removed.body()).isEqualTo(200);
        assertThat(shown(node).orElseThrow().path("weight").asInt()).isEqualTo(7);
        await("it is gone everywhere").atMost(SETTLES_WITHIN).untilAsserted(() -> {
            for (ClusterNode each : cluster.nodes()) {
                JsonNode instance = shown(each).orElseThrow();
                assertThat(instance.path("weight").asInt())
                        .as("%s: %s", each, instance)
                        .isEqualTo(7);
                assertThat(instance.path("metadata").has("operator"))
                        .as("%s: %s", each, instance)
                        .isFalse();
                assertThat(listed(each)).as("%s", each).isZero();
            }
        });
        assertThat(node.ask("DELETE", OVERLAY).statusCode()).isEqualTo(404);
    }

    private static String said(int weight) {
        String metadata = URLEncoder.encode("{\"operator\":\"" + weight + "\"}", StandardCharsets.UTF_8);
        return IDENTITY + "&weight=" + weight + "&metadata=" + metadata;
    }

    /** The instance as this node shows it; empty while it knows none, or holds its lists back. */
    private static Optional<JsonNode> shown(ClusterNode node) {
        HttpResponse<String> answer = node.ask("GET", IDENTITY);
        return answer.statusCode() == 200 ? Optional.of(node.get(IDENTITY)) : Optional.empty();
    }

    private static boolean shows(ClusterNode node, int weight) {
        return shown(node)
                .filter(instance -> instance.path("weight").asInt() == weight
                        && instance.path("metadata").path("operator").asInt() == weight)
                .isPresent();
    }

    private static void awaitShown(ServerCluster cluster, int weight) {
        await("every node shows weight " + weight)
                .atMost(SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> cluster.nodes().stream().allMatch(node -> shows(node, weight)));
    }

    private static void assertStored(ClusterNode node, int weight) {
        JsonNode instance = shown(node).orElseThrow();
        assertThat(instance.path("overlay").path("weight").asInt())
                .as("%s: %s", node, instance)
                .isEqualTo(weight);
        assertThat(instance.has("pendingOverlay")).as("%s: %s", node, instance).isFalse();
    }

    private static int listed(ClusterNode node) {
        return node.get("/nacos/v1/ns/instance/overlay?serviceName=overlaid")
                .path("count")
                .asInt();
    }
}
