package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.client.Answer;
import io.muster.testkit.client.Outcome;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The persistent side of R28 on real processes, under steady writes and linearizable reads through any node: no acknowledged write is lost, no
 * answer is wrong, and all copies are equal at the end.
 */
@Timeout(900)
class PersistentIT {

    /** R17: 2 s; the rest is for a client and three servers on two cores. */
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(3);

    /** Several elections could have ended in it. */
    private static final Duration NOBODY_LEADS_FOR = Duration.ofSeconds(6);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private PersistentStory story(int nodes) {
        return PersistentStory.on(clusters.start(clusters.of(nodes)));
    }

    @Test
    void leaderKilled_theOthersGoOn_andItComesBack() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.rounds(2); round++) {
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
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                ClusterNode cutOff = story.leader();
                story.cluster().isolate(cutOff.name());
                story.goesOn();
                await("the leader of the minority has stepped down")
                        .atMost(PersistentStory.SETTLES_WITHIN)
                        .ignoreExceptions()
                        .until(() -> !PersistentStory.leads(cutOff));
                Answer refused = story.writeThrough(cutOff);
                assertThat(refused.outcome()).as("R3, R17: %s", refused).isEqualTo(Outcome.FAILED);
                assertThat(refused.took()).as("R17: %s", refused).isLessThan(REFUSED_WITHIN);
                assertThat(refused.body()).as("it says why").contains("leader");
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
            for (int round = 0; round < Acceptance.rounds(1); round++) {
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
            for (int round = 0; round < Acceptance.rounds(1); round++) {
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
    @InFullRun
    void wipedNode_comesBackAsANewOne() {
        try (PersistentStory story = story(3)) {
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                if (round > 0) {
                    story.awaitAllVote();
                }
                story.follower().kill().wipe().restart();
                story.goesOn();
            }
            story.endsWell();
        }
    }

    /** A node that has lost what it had promised must not be counted among those who promised it: rather no leader than a write lost. */
    @Test
    @InFullRun
    void wipedNode_hasNoVote_whereItsVoteWouldLoseWrites() {
        lostData(ClusterNode::wipe);
    }

    /** Likewise if only the log is gone, and the node still knows its name. */
    @Test
    @InFullRun
    void nodeWithoutItsLog_hasNoVote_whereItsVoteWouldLoseWrites() {
        lostData(node -> node.wipe("raft"));
    }

    private void lostData(Consumer<ClusterNode> loses) {
        try (PersistentStory story = story(3)) {
            story.awaitVoters(3);
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                ClusterNode lagging = story.follower();
                story.cluster().isolate(lagging.name());
                story.goesOn();
                ClusterNode lost = story.leader().kill();
                ClusterNode other = story.cluster().nodes().stream()
                        .filter(node -> node != lost && node != lagging)
                        .findFirst()
                        .orElseThrow()
                        .kill();
                loses.accept(lost);
                story.cluster().heal();
                lost.start();
                await("nobody leads: one vote is not there, and one is not in a state to be given")
                        .during(NOBODY_LEADS_FOR)
                        .atMost(PersistentStory.SETTLES_WITHIN)
                        .ignoreExceptions()
                        .until(() -> !PersistentStory.leads(lagging) && !PersistentStory.leads(lost));
                other.start().awaitReady();
                lost.awaitReady();
                story.goesOn();
                story.awaitAllVote();
            }
            story.endsWell();
        }
    }

    @Test
    @InFullRun
    void fiveNodes_twoKilled_theLeaderAmongThem() {
        try (PersistentStory story = story(5)) {
            for (int round = 0; round < Acceptance.rounds(1); round++) {
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
