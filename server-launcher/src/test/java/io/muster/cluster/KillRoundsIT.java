package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * R17, R31: rounds of {@code kill -9} on random nodes under load, now and then on a majority at once: nothing that was acknowledged is lost, all copies are
 * equal at the end. Snapshots come often, so that kills hit those too. {@code -Dmuster.kill.rounds=N} and {@code -Dmuster.seed=N} choose.
 */
@Timeout(3_600)
class KillRoundsIT {

    private static final int ROUNDS = Integer.getInteger("muster.kill.rounds", Acceptance.times(200, 2));
    private static final int ROUNDS_PER_STORY = 10;

    /** One round in so many kills two of the three nodes. */
    private static final int MAJORITY_ONE_IN = 5;

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final Figures figures = Figures.of(KillRoundsIT.class);

    @Test
    @InFullRun
    void killedAtRandom_nothingAcknowledgedIsLost() {
        long seed = Long.getLong("muster.seed", System.nanoTime());
        figures.print("seed", seed);
        Random random = new Random(seed);
        ServerCluster cluster = clusters.start(clusters.of(3).options("--raft.snapshot-every-entries", "1000"));
        long startNanos = System.nanoTime();
        Map<String, String> kept = new TreeMap<>();
        long acknowledged = 0;
        for (int first = 0; first < ROUNDS; first += ROUNDS_PER_STORY) {
            try (PersistentStory story = PersistentStory.on(cluster, "k" + first + "-")) {
                for (int round = first; round < Math.min(first + ROUNDS_PER_STORY, ROUNDS); round++) {
                    killAndRestart(cluster, random);
                    story.goesOn();
                }
                kept.putAll(story.endsWell());
                acknowledged += story.report().writes().ok();
            }
        }
        for (ClusterNode node : cluster.nodes()) {
            assertThat(PersistentStory.held(cluster, node, kept.keySet()))
                    .as("all that was ever written, on %s", node)
                    .isEqualTo(kept);
        }
        PersistentStory.awaitEqualCopies(cluster);
        figures.print(
                "rounds of kill -9",
                ROUNDS + ", writes acknowledged " + acknowledged + ", lost 0, registers compared " + kept.size()
                        + ", in "
                        + Duration.ofNanos(System.nanoTime() - startNanos).toSeconds() + " s");
    }

    private static void killAndRestart(ServerCluster cluster, Random random) {
        List<ClusterNode> nodes = new ArrayList<>(cluster.nodes());
        Collections.shuffle(nodes, random);
        List<ClusterNode> killed = nodes.subList(0, random.nextInt(MAJORITY_ONE_IN) == 0 ? 2 : 1);
        killed.forEach(ClusterNode::kill);
        killed.forEach(ClusterNode::start);
        killed.forEach(ClusterNode::awaitReady);
    }
}
