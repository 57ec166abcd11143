package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.BeatingClients;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** One ephemeral instance that beats, and an operator who sets its weight while versions differ (R32, X12). */
final class OperatorsWord implements AutoCloseable {

    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(60);
    private static final Duration BEATS_EVERY = Duration.ofMillis(500);
    private static final Instance INSTANCE = new Instance("edited", "10.66.0.2", 8080);
    private static final String IDENTITY = "/nacos/v1/ns/instance?serviceName=edited&ip=10.66.0.2&port=8080";

    private final ServerCluster cluster;
    private final BeatingClients client;

    OperatorsWord(ServerCluster cluster) {
        this.cluster = cluster;
        this.client = BeatingClients.start(RegistryClient.of(cluster::urls), BEATS_EVERY, List.of(INSTANCE));
        awaitEverywhere("the instance is known", instance -> true);
    }

    /** Says it through one node, and waits until all show it, stored: a new registration of the client does not undo it. */
    void says(ClusterNode node, int weight) {
        HttpResponse<String> said = await("the edit is taken by " + node)
                .atMost(SETTLES_WITHIN)
                .until(() -> node.ask("PATCH", IDENTITY + "&weight=" + weight), answer -> answer.statusCode() == 200);
        assertThat(said.headers().firstValue("Muster-Overlay")).as(said.body()).isEmpty();
        assertThat(node.ask("POST", IDENTITY + "&weight=1").statusCode()).isEqualTo(200);
        holds(weight);
    }

    void holds(int weight) {
        awaitEverywhere(
                "weight " + weight + " is shown",
                instance -> instance.path("weight").asInt() == weight);
    }

    private void awaitEverywhere(String what, Predicate<JsonNode> condition) {
        await(what + " everywhere")
                .atMost(SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> cluster.nodes().stream()
                        .filter(ClusterNode::isRunning)
                        .allMatch(node -> condition.test(node.get(IDENTITY))));
    }

    @Override
    public void close() {
        client.close();
    }
}
