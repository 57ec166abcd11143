package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Answer;
import io.muster.testkit.client.History;
import io.muster.testkit.client.Outcome;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.RegisterLoad;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A founded cluster under steady persistent writes and linearizable reads, whose every answer is kept and judged at the end. */
final class PersistentStory implements AutoCloseable {

    /** An election with default timers, several times over, on a machine with more servers than cores. */
    static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);

    private static final Duration OPERATION_INTERVAL = Duration.ofMillis(20);

    /** So many that no register sees more operations than the checker likes. */
    private static final int REGISTERS = 100;

    private static final int WRITERS = 4;
    private static final int READERS = 2;

    /** R17: 5 s for each attempt; a client makes two at most. */
    private static final Duration OPERATION_TAKES_MAX = Duration.ofSeconds(11);

    private final ServerCluster cluster;
    private final History history = History.ofPersistent();
    private final RegisterLoad load;

    private PersistentStory(ServerCluster cluster) {
        this.cluster = cluster;
        List<String> registers =
                IntStream.range(0, REGISTERS).mapToObj(i -> "r" + i).toList();
        this.load = RegisterLoad.start(
                RegistryClient.of(cluster::urls), history, registers, WRITERS, READERS, OPERATION_INTERVAL);
    }

    /** Waits until every node takes writes, then starts the load. */
    static PersistentStory on(ServerCluster cluster) {
        await("the group is founded and takes writes through every node")
                .atMost(SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> cluster.nodes().stream()
                        .allMatch(node -> write(cluster, node, "founding").outcome() == Outcome.OK));
        PersistentStory story = new PersistentStory(cluster);
        story.goesOn();
        return story;
    }

    ServerCluster cluster() {
        return cluster;
    }

    /** One write through this node alone. */
    Answer writeThrough(ClusterNode node) {
        return write(cluster, node, "one-write");
    }

    private static Answer write(ServerCluster cluster, ClusterNode node, String key) {
        return RegistryClient.of(cluster::urls)
                .ofNodes(node.uri("/"))
                .write(key, "1")
                .join();
    }

    /** Writes and reads succeed again, after whatever has just happened. */
    void goesOn() {
        RegisterLoad.Report before = load.report();
        await("writes and linearizable reads go on").atMost(SETTLES_WITHIN).until(() -> {
            RegisterLoad.Report now = load.report();
            return now.writes().ok() >= before.writes().ok() + 20
                    && now.reads().ok() >= before.reads().ok() + 10;
        });
    }

    ClusterNode leader() {
        return await("some node leads")
                .atMost(SETTLES_WITHIN)
                .ignoreExceptions()
                .until(
                        () -> cluster.nodes().stream()
                                .filter(node -> node.isRunning() && !node.isPaused() && leads(node))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    static boolean leads(ClusterNode node) {
        return node.get("/nacos/v1/ns/raft/peer").path("state").asText().equals("LEADER");
    }

    ClusterNode follower() {
        ClusterNode leader = leader();
        return cluster.nodes().stream()
                .filter(node -> node != leader && node.isRunning())
                .findFirst()
                .orElseThrow();
    }

    /** All that must hold once the cluster is whole again. */
    void endsWell() {
        goesOn();
        RegisterLoad.Report report = load.stop();
        assertThat(report.writes().longestTook()).as("R17: %s", report).isLessThan(OPERATION_TAKES_MAX);
        await("equal logs and digests")
                .atMost(SETTLES_WITHIN)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    List<List<String>> copies = cluster.nodes().stream()
                            .filter(ClusterNode::isRunning)
                            .map(node -> copy(node.get("/nacos/v1/ns/raft/state")))
                            .toList();
                    assertThat(copies).allMatch(copies.get(0)::equals);
                });
        assertThat(PersistentHistory.fault(history)).isEmpty();
    }

    private static List<String> copy(JsonNode state) {
        return List.of(
                state.path("commitIndex").asText(),
                state.path("appliedIndex").asText(),
                state.path("digest").asText());
    }

    @Override
    public void close() {
        load.close();
    }
}
