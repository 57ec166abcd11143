package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** R21, R28: voters come and go by the member list while the cluster serves; each step is taken once, whoever leads (R30). */
@Timeout(1_800)
class MembershipIT {

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private PersistentStory story(int nodes) {
        return PersistentStory.on(clusters.start(clusters.of(nodes)));
    }

    @Test
    @InFullRun
    void threeToFour_andBack() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                grow(story, 1);
                shrink(story, 1);
            }
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void threeToFive_toFour_andBack() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                grow(story, 2);
                shrink(story, 1);
                shrink(story, 1);
            }
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void fiveToThree_atOnce_andBack() {
        try (PersistentStory story = story(5)) {
            story.awaitVoters(5);
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                shrink(story, 2);
                grow(story, 2);
            }
            story.endsWell();
        }
    }

    /** R30: the step is begun by one leader and ended by another, who must neither forget nor repeat it. */
    @Test
    @InFullRun
    void leaderKilledWhileMembersCome_theStepIsTakenOnce() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                List<ClusterNode> fresh = add(story.cluster(), 2);
                ClusterNode killed = story.leader().kill();
                story.goesOn();
                killed.restart();
                fresh.forEach(ClusterNode::awaitReady);
                story.awaitVoters(5);
                story.goesOn();
                assertThat(story.leader()
                                .get("/nacos/v1/ns/raft/state")
                                .path("learners")
                                .asInt())
                        .as("nobody is left over")
                        .isZero();
                shrink(story, 2);
            }
            story.endsWell();
        }
    }

    /** R30: cut off with its learners, a leader can end no step; the other side's leader does, once. */
    @Test
    @InFullRun
    void leaderCutOffWhileMembersCome_theStepIsTakenOnce() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                ClusterNode leader = story.leader();
                List<ClusterNode> fresh = add(story.cluster(), 1);
                story.cluster().isolate(leader.name());
                fresh.forEach(ClusterNode::awaitReady);
                story.goesOn();
                story.cluster().heal();
                story.awaitVoters(4);
                story.goesOn();
                shrink(story, 1);
            }
            story.endsWell();
        }
    }

    private static List<ClusterNode> add(ServerCluster cluster, int count) {
        List<ClusterNode> fresh = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fresh.add(cluster.addNode());
        }
        fresh.forEach(ClusterNode::start);
        return fresh;
    }

    private static long running(PersistentStory story) {
        return story.cluster().nodes().stream().filter(ClusterNode::isRunning).count();
    }

    private static void grow(PersistentStory story, int count) {
        int before = (int) running(story);
        add(story.cluster(), count).forEach(ClusterNode::awaitReady);
        story.awaitVoters(before + count);
        story.goesOn();
    }

    /** The first ones that run leave, and hand leadership on before; an operator does not wait for the minute that the list must stand. */
    private static void shrink(PersistentStory story, int count) {
        ServerCluster cluster = story.cluster();
        int before = (int) running(story);
        List<ClusterNode> leaving = cluster.nodes().stream()
                .filter(ClusterNode::isRunning)
                .limit(count)
                .toList();
        leaving.forEach(node -> cluster.unlist(node.name()));
        await("the list without " + leaving + " is applied")
                .atMost(PersistentStory.SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> {
                    ClusterNode leader = story.leader();
                    if (leaving.contains(leader)) {
                        // Its own list still names it, so it would wish for itself.
                        leader.ask("POST", "/nacos/v1/core/ops/raft?command=transferLeader");
                        return false;
                    }
                    leader.ask("POST", "/nacos/v1/core/ops/raft?command=applyWish&confirm=true");
                    return leader.get("/nacos/v1/ns/raft/state").path("voters").asInt() == before - count;
                });
        story.goesOn();
        leaving.forEach(ClusterNode::kill);
        story.awaitVoters(before - count);
        story.goesOn();
    }
}
