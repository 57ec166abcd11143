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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A founded cluster under R28's steady load: persistent writes and linearizable reads, whose every answer is kept and judged at the end, and beside them
 * instances that beat and consumers of their lists.
 */
final class PersistentStory implements AutoCloseable {

    /** A member that is not listed any more votes for a minute yet. */
    static final Duration REPLACED_WITHIN = Duration.ofSeconds(100);

    /** An election with default timers, several times over, on a machine with more servers than cores. */
    static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);

    private static final Duration OPERATION_INTERVAL = Duration.ofMillis(20);

    /** So many that no register sees more operations than the checker likes. */
    private static final int REGISTERS = 100;

    private static final int WRITERS = 4;
    private static final int READERS = 2;

    /** R28: a client that tries other nodes knows after 5 s at the latest; a second more for a client that is short of cores itself. */
    private static final Duration OPERATION_TAKES_MAX = Duration.ofSeconds(6);

    private final ServerCluster cluster;
    private final List<String> registers;
    private final History history = History.ofPersistent();
    private final RegisterLoad load;
    private final RegistrationLoad registrations;

    private PersistentStory(ServerCluster cluster, String prefix) {
        this.cluster = cluster;
        this.registers = IntStream.range(0, REGISTERS).mapToObj(i -> prefix + i).toList();
        this.load = RegisterLoad.start(
                RegistryClient.of(cluster::urls), history, registers, WRITERS, READERS, OPERATION_INTERVAL);
        this.registrations = RegistrationLoad.on(cluster);
    }

    /** Waits until every node takes writes, then starts the load. */
    static PersistentStory on(ServerCluster cluster) {
        return on(cluster, "r");
    }

    /** Likewise, with registers of this prefix, which no story of this cluster may have had before. */
    static PersistentStory on(ServerCluster cluster, String prefix) {
        await("the group is founded and takes writes through every node")
                .atMost(SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> cluster.nodes().stream()
                        .filter(ClusterNode::isRunning)
                        .allMatch(node -> write(cluster, node, "founding").outcome() == Outcome.OK));
        PersistentStory story = new PersistentStory(cluster, prefix);
        story.goesOn();
        return story;
    }

    ServerCluster cluster() {
        return cluster;
    }

    RegisterLoad.Report report() {
        return load.report();
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
        return leader(cluster);
    }

    /** The node that leads, as it says itself. */
    static ClusterNode leader(ServerCluster cluster) {
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

    /** Every node that runs counts this many voters, and no change is under way. */
    void awaitVoters(int count) {
        await(count + " voters")
                .atMost(SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> cluster.nodes().stream()
                        .filter(ClusterNode::isRunning)
                        .map(node -> node.get("/nacos/v1/ns/raft/state"))
                        .allMatch(state -> state.path("voters").asInt() == count
                                && !state.path("changing").asBoolean()));
    }

    /** Every node runs and votes, and nobody else does: a node that came back as another has taken the place of the one that it was (design §4, "Identity"). */
    void awaitAllVote() {
        int count = cluster.nodes().size();
        await("all nodes vote")
                .atMost(REPLACED_WITHIN)
                .ignoreExceptions()
                .until(() -> cluster.nodes().stream()
                        .map(node -> node.get("/nacos/v1/ns/raft/state"))
                        .allMatch(state ->
                                state.path("peers").path(0).path("voter").asBoolean()
                                        && state.path("voters").asInt() == count
                                        && !state.path("changing").asBoolean()));
    }

    /**
     * All that must hold once the cluster is whole again.
     *
     * @return what each register holds in the end
     */
    Map<String, String> endsWell() {
        goesOn();
        RegisterLoad.Report report = load.stop();
        assertThat(report.writes().longestTook()).as("R28: %s", report).isLessThan(OPERATION_TAKES_MAX);
        assertThat(report.reads().longestTook()).as("R28: %s", report).isLessThan(OPERATION_TAKES_MAX);
        Map<String, String> values = readAll();
        awaitEqualCopies(cluster);
        for (ClusterNode node : cluster.nodes()) {
            if (node.isRunning()) {
                await("what " + node + " has by itself")
                        .atMost(SETTLES_WITHIN)
                        .untilAsserted(
                                () -> assertThat(held(cluster, node, registers)).isEqualTo(values));
            }
        }
        assertThat(PersistentHistory.fault(history)).isEmpty();
        registrations.endsWell();
        Figures.of(PersistentStory.class)
                .print(teller(), "writes " + inWords(report.writes()) + "; reads " + inWords(report.reads()));
        return values;
    }

    /** The test that tells this story. */
    private static String teller() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> frame.getClassName().endsWith("IT"))
                        .map(frame -> frame.getClassName().replaceAll(".*\\.", "") + "." + frame.getMethodName())
                        .reduce((inner, outer) -> outer)
                        .orElse("a test"));
    }

    private static String inWords(RegisterLoad.Side side) {
        return side.ok() + " done, " + side.failed() + " refused, " + side.unknown() + " unknown, longest "
                + side.longestTook().toMillis() + " ms, longest without one "
                + side.longestDrought().toMillis() + " ms";
    }

    /** The last reads of the history: what was acknowledged must be there. */
    private Map<String, String> readAll() {
        RegistryClient client = RegistryClient.of(cluster::urls).recordedAs("last", history);
        Map<String, String> values = new TreeMap<>();
        for (String register : registers) {
            // After a cold start a node holds its lists back for a while (X13).
            Answer answer = await("the last read of " + register)
                    .atMost(SETTLES_WITHIN)
                    .until(() -> client.readLinearizable(register).join(), read -> read.outcome() == Outcome.OK);
            values.put(register, RegistryClient.value(answer));
        }
        return values;
    }

    /** What a node answers from its own copy. */
    static Map<String, String> held(ServerCluster cluster, ClusterNode node, Iterable<String> registers) {
        RegistryClient client = RegistryClient.of(cluster::urls).ofNodes(node.uri("/"));
        Map<String, String> values = new TreeMap<>();
        for (String register : registers) {
            values.put(register, RegistryClient.value(client.readLocal(register).join()));
        }
        return values;
    }

    /** All that run have applied equally much, and hold the same. */
    static void awaitEqualCopies(ServerCluster cluster) {
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
        registrations.close();
    }
}
