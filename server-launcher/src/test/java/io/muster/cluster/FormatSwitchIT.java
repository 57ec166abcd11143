package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.consistency.FormatInForce;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * R32 on real processes: nodes that act as the version before are restarted one by one as this one, under load of both kinds. What is new is refused, and what
 * is old goes on, until the last of them announces the format; then it is in force by itself.
 */
@Timeout(600)
class FormatSwitchIT {

    /** Some hundred milliseconds on a quiet machine, once the last member is UP. */
    private static final Duration SWITCHES_WITHIN = Duration.ofSeconds(60);

    /** A node that nobody lists; the format is asked for before the list. */
    private static final String ADD_A_STRANGER =
            "/nacos/v1/core/ops/raft?command=addMember&value=00000000000000000000000000000009";

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    @ParameterizedTest
    @ValueSource(ints = {FormatInForce.FIRST, FormatInForce.SECOND})
    void nodesRestartedOneByOne_switchWhenTheLastOneAnnounces_andNothingIsLost(int before) {
        Set<String> older = new TreeSet<>(Set.of("n1", "n2", "n3"));
        List<String> asBefore = List.of("--cluster.format-max", String.valueOf(before));
        ServerCluster cluster =
                clusters.start(clusters.of(3).ownOptions(node -> older.contains(node.name()) ? asBefore : List.of()));
        try (PersistentStory story = PersistentStory.on(cluster);
                OperatorsWord operator = new OperatorsWord(cluster)) {
            story.awaitVoters(3);
            int weight = 10;
            for (ClusterNode node : cluster.nodes()) {
                assertHeldBack(cluster, before);
                if (before == FormatInForce.FIRST) {
                    assertSecondRefused(cluster, older);
                }
                operator.says(node, ++weight);
                node.stop();
                older.remove(node.name());
                node.start().awaitReady();
                story.goesOn();
                operator.holds(weight);
            }

            await("the newest format is in force everywhere")
                    .atMost(SWITCHES_WITHIN)
                    .ignoreExceptions()
                    .until(() -> cluster.nodes().stream().allMatch(node -> inForce(node) == FormatInForce.NEWEST));
            operator.holds(weight);
            operator.says(cluster.node("n2"), ++weight);
            HttpResponse<String> past = story.leader().ask("POST", ADD_A_STRANGER);
            assertThat(past.body()).contains("is not listed").doesNotContain("needs format");
            for (ClusterNode node : cluster.nodes()) {
                assertThat(node.text("/nacos/v1/ns/health/checkers")).doesNotContain("heldBack");
                assertThat(node.meter("muster_format_in_force")).isEqualTo(FormatInForce.NEWEST);
            }
            assertThat(story.leader().text("/nacos/v1/core/cluster/events")).contains("FORMAT_RAISED");
            story.endsWell();
        }
    }

    private static void assertHeldBack(ServerCluster cluster, int before) {
        for (ClusterNode node : cluster.nodes()) {
            assertThat(inForce(node)).as("%s", node).isEqualTo(before);
        }
        assertThat(PersistentStory.leader(cluster)
                        .get("/nacos/v1/ns/raft/state")
                        .path("formatHeldBackBy")
                        .asText())
                .contains("announces " + before);
    }

    private static void assertSecondRefused(ServerCluster cluster, Set<String> older) {
        for (ClusterNode node : cluster.nodes()) {
            assertThat(node.text("/nacos/v1/ns/health/checkers"))
                    .contains("heldBack", "needs format 2 of all members; in force is 1; announced less: ");
        }
        HttpResponse<String> refused = PersistentStory.leader(cluster).ask("POST", ADD_A_STRANGER);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body())
                .contains("needs format 2 of all members; in force is 1; announced less: ")
                .contains("announces 1");
        String named = older.stream()
                .map(name -> cluster.node(name).address().name() + ")")
                .findFirst()
                .orElseThrow();
        assertThat(refused.body())
                .satisfiesAnyOf(
                        body -> assertThat(body).contains(named),
                        body -> assertThat(body).contains("(this node) announces 1"));
    }

    private static int inForce(ClusterNode node) {
        return node.get("/nacos/v1/ns/raft/state").path("formatInForce").asInt();
    }
}
