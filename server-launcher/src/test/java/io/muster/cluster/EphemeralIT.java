package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.client.Instance;
import io.muster.testkit.load.BeatingClients;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ephemeral registrations on three real processes survive everything but their client's death (R3, R41–R53, X10, X13, X14). */
@Timeout(900)
class EphemeralIT {

    /** Default leases: removed after 30 s; the rest is for the change of the responsible member and a slow machine. */
    private static final Duration SILENT_GONE_WITHIN = Duration.ofSeconds(100);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private EphemeralStory story(int nodes) {
        return EphemeralStory.on(clusters.start(clusters.of(nodes)));
    }

    @Test
    void nodeKilledAndRestarted_nobodyIsForgotten() {
        try (EphemeralStory story = story(3)) {
            for (ClusterNode node : Acceptance.cases(story.cluster().nodes(), 1)) {
                node.kill();
                story.goesOn(8);
                node.restart();
                story.settles();
            }
            story.endsWell();
        }
    }

    @Test
    void rollingRestart_nobodyIsForgotten() {
        try (EphemeralStory story = story(3)) {
            for (ClusterNode node : story.cluster().nodes()) {
                node.restart();
            }
            story.nobodyWasMarked();
            story.endsWell();
        }
    }

    /** A responsible member that hangs with open sockets is the hardest case for those who pass on to it. */
    @Test
    @InFullRun
    void nodePaused_nobodyIsForgotten() {
        try (EphemeralStory story = story(3)) {
            ClusterNode paused = story.cluster().node("n2").pause();
            story.goesOn(Acceptance.times(240, 30));
            paused.resume();
            story.endsWell();
        }
    }

    /**
     * Too short for a client whose beats all go to the other side by chance to be taken for dead on this one; {@link HealingIT} cuts for longer,
     * with clients that keep to their side.
     */
    @Test
    void halvesCutApart_bothServe_andMergeExactly() {
        try (EphemeralStory story = story(3)) {
            for (int round = 0; round < Acceptance.times(5, 1); round++) {
                story.cluster().partition("n1").from("n2", "n3");
                story.goesOn(20);
                story.cluster().heal();
                story.cluster().awaitAllUp();
                story.settles();
            }
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void oneLinkCut_thenOneWay_nobodyIsForgotten() {
        try (EphemeralStory story = story(3)) {
            story.cluster().cut("n1").from("n3");
            story.goesOn(Acceptance.times(60, 15));
            story.cluster().heal();
            story.cluster().cut("n2").oneWayTo("n3");
            story.goesOn(Acceptance.times(60, 15));
            story.cluster().heal();
            story.endsWell();
        }
    }

    /** X13, cold start: nothing is left, so lists are refused until the clients have come back. */
    @Test
    void allKilledAtOnce_noFalselyEmptyList() {
        try (EphemeralStory story = story(3)) {
            story.cluster().nodes().forEach(ClusterNode::kill);
            story.cluster().nodes().forEach(ClusterNode::start);
            story.cluster().nodes().forEach(ClusterNode::awaitReady);
            story.settles();
            assertThat(story.watchers().stop().falselyEmpty()).isEmpty();
        }
    }

    /** The backstop: the responsible member dies in the same second as the instance itself. */
    @Test
    @InFullRun
    void clientsThatDieWithANode_areGoneEverywhere_andNoOthers() {
        try (EphemeralStory story = story(3)) {
            List<Instance> silent = story.instances().subList(0, 20);
            BeatingClients clients = story.clients();
            silent.forEach(clients::fallSilent);
            ClusterNode killed = story.cluster().node("n3").kill();
            await("the silent ones are gone, everywhere, and nobody else")
                    .atMost(SILENT_GONE_WITHIN)
                    .ignoreExceptions()
                    .untilAsserted(story::settles);
            killed.restart();
            story.endsWell();
        }
    }
}
