package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.Figures.Distribution;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Answer;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.Outcome;
import io.muster.testkit.client.RegistryClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** R3, R12, R28: who may serve when there is no majority, or only just one. */
@Timeout(1_800)
class MajorityIT {

    /** R17: no majority known, a definite refusal within 2 s. The clients here and six servers share two cores. */
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(3);

    /** Four starts of a process on two cores, and elections that may split. */
    private static final Duration ELECTED_WITHIN = Duration.ofSeconds(20);

    /** {@code distro.load-wait-ms}, and the start of a process. */
    private static final Duration EPHEMERAL_SERVED_WITHIN = Duration.ofSeconds(20);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final Figures figures = Figures.of(MajorityIT.class);

    private PersistentStory story(int nodes) {
        return PersistentStory.on(clusters.start(clusters.of(nodes)));
    }

    @Test
    @InFullRun
    void oneWayCuts_thatHitTheLeader() {
        try (PersistentStory story = story(3)) {
            ServerCluster cluster = story.cluster();
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                ClusterNode leader = story.leader();
                String[] others = cluster.nodes().stream()
                        .filter(node -> node != leader)
                        .map(ClusterNode::name)
                        .toArray(String[]::new);
                if (round % 2 == 0) {
                    cluster.cut(leader.name()).oneWayTo(others);
                } else {
                    cluster.cut(leader.name()).oneWayFrom(others);
                }
                story.goesOn();
                cluster.heal();
                cluster.awaitAllUp();
                cluster.cut(leader.name()).oneWayTo(others[0]);
                story.goesOn();
                cluster.heal();
                cluster.awaitAllUp();
            }
            story.endsWell();
        }
    }

    /** Neither half is a majority: no persistent write on either side, ephemeral ones on both, and an exact merge after. */
    @Test
    @InFullRun
    void sixNodes_cutThreeAndThree() {
        try (PersistentStory story = story(6)) {
            story.awaitVoters(6);
            ServerCluster cluster = story.cluster();
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                cluster.partition("n1", "n2", "n3").from("n4", "n5", "n6");
                await("nobody leads")
                        .atMost(PersistentStory.SETTLES_WITHIN)
                        .ignoreExceptions()
                        .until(() -> cluster.nodes().stream().noneMatch(PersistentStory::leads));
                for (ClusterNode node : cluster.nodes()) {
                    Answer refused = story.writeThrough(node);
                    assertThat(refused.outcome()).as("R3, R17: %s", refused).isEqualTo(Outcome.FAILED);
                    assertThat(refused.took()).as("%s", refused).isLessThan(REFUSED_WITHIN);
                    Instance instance = new Instance(
                            "cut-" + round, "10.77.0." + cluster.nodes().indexOf(node), 80);
                    assertThat(register(cluster, node, instance).isOk())
                            .as("X10: ephemeral through %s", node)
                            .isTrue();
                }
                cluster.heal();
                cluster.awaitAllUp();
                story.goesOn();
            }
            story.endsWell();
        }
    }

    private static Answer register(ServerCluster cluster, ClusterNode node, Instance instance) {
        return RegistryClient.of(cluster::urls)
                .ofNodes(node.uri("/"))
                .register(instance)
                .join();
    }

    /** R12: an even number that starts together. */
    @Test
    @InFullRun
    void fourNodes_startedAtOnce_elect() {
        try (PersistentStory story = story(4)) {
            story.awaitVoters(4);
            ServerCluster cluster = story.cluster();
            List<Duration> took = new ArrayList<>();
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                cluster.nodes().forEach(ClusterNode::kill);
                long startNanos = System.nanoTime();
                cluster.nodes().forEach(ClusterNode::start);
                PersistentStory.leader(cluster);
                took.add(Duration.ofNanos(System.nanoTime() - startNanos));
                cluster.nodes().forEach(ClusterNode::awaitReady);
                story.goesOn();
            }
            Distribution distribution = Distribution.of(took);
            figures.print("four processes started at once, one leads", distribution);
            assertThat(distribution.worst()).isLessThan(ELECTED_WITHIN);
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void allKilled_theFirstOneBackServesEphemeralData_thePersistentOnesWaitForAMajority() {
        try (PersistentStory story = story(3)) {
            ServerCluster cluster = story.cluster();
            List<Duration> took = new ArrayList<>();
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                List<ClusterNode> nodes = new ArrayList<>(cluster.nodes());
                Collections.rotate(nodes, round);
                nodes.forEach(ClusterNode::kill);
                long startNanos = System.nanoTime();
                ClusterNode first = nodes.get(0).start();
                Instance instance = new Instance("first-back-" + round, "10.78.0.1", 80);
                await("the first one back takes registrations")
                        .atMost(EPHEMERAL_SERVED_WITHIN)
                        .until(() -> register(cluster, first, instance).isOk());
                took.add(Duration.ofNanos(System.nanoTime() - startNanos));
                assertThat(story.writeThrough(first).outcome()).as("R3").isEqualTo(Outcome.FAILED);
                nodes.get(1).start();
                await("two of three take persistent writes")
                        .atMost(PersistentStory.SETTLES_WITHIN)
                        .until(() -> story.writeThrough(first).isOk());
                nodes.get(2).start();
                nodes.forEach(ClusterNode::awaitReady);
                story.goesOn();
            }
            figures.print("all killed, the first one back takes a registration", Distribution.of(took));
            story.endsWell();
        }
    }
}
