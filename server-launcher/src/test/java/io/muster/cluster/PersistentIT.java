package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.client.Answer;
import io.muster.testkit.client.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The persistent side of R28 on real processes, under steady writes and linearizable reads through any node: no acknowledged write is lost, no
 * answer is wrong, and all copies are equal at the end.
 */
@Timeout(900)
class PersistentIT {

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private PersistentStory story(int nodes) {
        return PersistentStory.on(clusters.start(clusters.of(nodes)));
    }

    @Test
    void leaderKilled_theOthersGoOn_andItComesBack() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.times(10, 2); round++) {
                ClusterNode killed = story.leader().kill();
                story.goesOn();
                killed.restart();
            }
            story.endsWell();
        }
    }

    @Test
    void leaderCutOff_minorityRefusesWrites_majorityGoesOn() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.times(10, 1); round++) {
                ClusterNode cutOff = story.leader();
                story.cluster().isolate(cutOff.name());
                story.goesOn();
                Answer refused = story.writeThrough(cutOff);
                assertThat(refused.outcome()).as("R3: %s", refused).isNotEqualTo(Outcome.OK);
                await("the leader of the minority has stepped down")
                        .atMost(PersistentStory.SETTLES_WITHIN)
                        .ignoreExceptions()
                        .until(() -> !PersistentStory.leads(cutOff));
                story.cluster().heal();
                story.cluster().awaitAllUp();
            }
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void leaderPausedPastAnElection_changesNothingWhenItGoesOn() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.times(10, 1); round++) {
                ClusterNode paused = story.leader().pause();
                story.goesOn();
                paused.resume();
                story.goesOn();
            }
            story.endsWell();
        }
    }

    /** X11: the second time, all at once, at addresses that nobody had before. */
    @Test
    void allKilled_theDataIsThereAgain_andAtNewAddressesToo() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.times(10, 1); round++) {
                story.cluster().nodes().forEach(ClusterNode::kill);
                story.cluster().nodes().forEach(ClusterNode::start);
                story.cluster().nodes().forEach(ClusterNode::awaitReady);
                story.goesOn();
                story.cluster().onNewAddresses();
                story.goesOn();
            }
            story.endsWell();
        }
    }

    @Test
    void wipedNode_comesBackAsANewOne() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.times(10, 1); round++) {
                story.follower().kill().wipe().restart();
                story.goesOn();
            }
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void fiveNodes_twoKilled_theLeaderAmongThem() {
        try (PersistentStory story = story(5)) {
            for (int round = 0; round < Acceptance.times(10, 1); round++) {
                ClusterNode first = story.leader().kill();
                ClusterNode second = story.follower().kill();
                story.goesOn();
                first.restart();
                second.restart();
            }
            story.endsWell();
        }
    }
}
