package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Answer;
import io.muster.testkit.client.Outcome;
import io.muster.testkit.client.RegistryClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** R29: what a leader wrote after it had lost its majority loses to what the majority wrote. */
@Timeout(900)
class DeposedLeaderIT {

    private static final int DOOMED = 20;

    /** Longer than the server's own bound for a write, so that every answer is the server's. */
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(8);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final Figures figures = Figures.of(DeposedLeaderIT.class);

    @Test
    void entriesOfTheMinority_lose_areNeverReadable_andAreCounted() {
        try (PersistentStory story = PersistentStory.on(clusters.start(clusters.of(Acceptance.times(5, 3))))) {
            ServerCluster cluster = story.cluster();
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                ClusterNode deposed = story.leader();
                long discarded = discarded(deposed);
                List<String> doomed = doomed(round);
                cluster.isolate(deposed.name());
                List<Answer> answers = writeAll(cluster, deposed, doomed);
                assertThat(answers).as("R3").noneMatch(Answer::isOk);
                story.goesOn();
                assertUnread(cluster, deposed, doomed);

                cluster.heal();
                cluster.awaitAllUp();
                story.goesOn();
                await("the losing entries are counted")
                        .atMost(PersistentStory.SETTLES_WITHIN)
                        .ignoreExceptions()
                        .until(() -> discarded(deposed) > discarded);
                assertThat(deposed.log()).contains("lost to those of the present leader");
                for (ClusterNode node : cluster.nodes()) {
                    assertUnread(cluster, node, doomed);
                }
                figures.print(
                        "entries that lost",
                        discarded(deposed) - discarded + " of " + DOOMED + " writes, answered "
                                + answers.stream()
                                        .map(Answer::outcome)
                                        .sorted()
                                        .map(Outcome::toString)
                                        .distinct()
                                        .toList());
            }
            story.endsWell();
        }
    }

    private static List<String> doomed(int round) {
        return IntStream.range(0, DOOMED)
                .mapToObj(i -> "doomed-" + round + "-" + i)
                .toList();
    }

    /** At once, before the leader finds out that nobody hears it. */
    private static List<Answer> writeAll(ServerCluster cluster, ClusterNode through, List<String> registers) {
        RegistryClient client =
                RegistryClient.of(cluster::urls).ofNodes(through.uri("/")).within(ANSWERED_WITHIN, ANSWERED_WITHIN);
        List<CompletableFuture<Answer>> writes = registers.stream()
                .map(register -> client.write(register, "lost"))
                .toList();
        return writes.stream().map(CompletableFuture::join).toList();
    }

    private static void assertUnread(ServerCluster cluster, ClusterNode node, List<String> registers) {
        assertThat(PersistentStory.held(cluster, node, registers).values())
                .as("what %s has under the losing keys", node)
                .containsOnly("");
    }

    private static long discarded(ClusterNode node) {
        return (long) node.meter("muster_raft_entries_discarded_total");
    }
}
