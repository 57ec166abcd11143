package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * R28, the ephemeral side of the scenarios that need more than three nodes, or lose several close together (X13): nobody who beats is missing
 * from any list that is given, and in the end all lists are exact.
 */
@Timeout(900)
class EphemeralScenariosIT {

    /** Six beats of an instance are 30 s apart, so no side of a short cut can take one for dead by bad luck. */
    private static final int SHORT_CUT_LOOKS = 16;

    /** SIGSTOP of a responsible member for a minute; consumers look twice a second. */
    private static final int MINUTE_LOOKS = 120;

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private EphemeralStory story(int nodes) {
        return EphemeralStory.on(clusters.start(clusters.of(nodes)));
    }

    @Test
    @InFullRun
    void twoOfThreeKilledTogether_nobodyIsForgotten() {
        try (EphemeralStory story = story(3)) {
            List<ClusterNode> two = story.cluster().nodes().subList(1, 3);
            two.forEach(ClusterNode::kill);
            story.goesOn(SHORT_CUT_LOOKS);
            two.forEach(ClusterNode::start);
            two.forEach(ClusterNode::awaitReady);
            story.cluster().awaitAllUp();
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void fiveNodesLoseTwo_nobodyIsForgotten() {
        try (EphemeralStory story = story(5)) {
            List<ClusterNode> two = story.cluster().nodes().subList(0, 2);
            two.forEach(ClusterNode::kill);
            story.goesOn(SHORT_CUT_LOOKS);
            two.forEach(ClusterNode::restart);
            story.cluster().awaitAllUp();
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void fiveNodesOnePausedForAMinute_nobodyIsForgotten() {
        try (EphemeralStory story = story(5)) {
            ClusterNode paused = story.cluster().node("n4").pause();
            story.goesOn(MINUTE_LOOKS);
            paused.resume();
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void sixNodesCutInHalves_bothServe_andMergeExactly() {
        try (EphemeralStory story = story(6)) {
            story.cluster().partition("n1", "n2", "n3").from("n4", "n5", "n6");
            story.goesOn(SHORT_CUT_LOOKS);
            story.cluster().heal();
            story.cluster().awaitAllUp();
            story.endsWell();
        }
    }

    /** A node that joins, and one that leaves for good, takes its share over or hands it on without a mark on anybody. */
    @Test
    @InFullRun
    void threeGrowToFive_andShrinkToThree_nobodysHealthChanges() {
        try (EphemeralStory story = story(3)) {
            for (int joined = 0; joined < 2; joined++) {
                story.cluster().addNode().start().awaitReady();
                story.cluster().awaitAllUp();
                story.settles();
                story.nobodyWasMarked();
            }
            assertThat(story.cluster().nodes()).hasSize(5);
            for (String leaving : List.of("n1", "n2")) {
                story.cluster().unlist(leaving);
                story.cluster().node(leaving).stop();
                story.settles();
                story.nobodyWasMarked();
            }
            story.endsWell();
        }
    }

    /** Nobody is left to load from, and the first one back waits for no other. */
    @Test
    @InFullRun
    void allKilled_theFirstOneBackServesAlone() {
        try (EphemeralStory story = story(3)) {
            ServerCluster cluster = story.cluster();
            cluster.nodes().forEach(ClusterNode::kill);
            cluster.node("n2").start().awaitReady();
            story.settles();
            assertThat(story.watchers().report().falselyEmpty()).isEmpty();
            cluster.node("n1").start().awaitReady();
            cluster.node("n3").start().awaitReady();
            cluster.awaitAllUp();
            story.settles();
            assertThat(story.watchers().stop().falselyEmpty()).isEmpty();
        }
    }
}
