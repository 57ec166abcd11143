package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster grows, shrinks and moves by the files of its members, edited one after the other while it serves (R21, R61, X4, X11). */
@Timeout(1800)
class MemberListEditsIT {

    /** An operator's pace from one member's file to the next. */
    private static final Duration BETWEEN_EDITS = Duration.ofSeconds(Acceptance.times(8, 1));

    /** Longer than a voter must be absent from lists before it may leave: nobody leaves while a majority lists it. */
    private static final Duration LONG_BETWEEN_EDITS = Duration.ofSeconds(75);

    private static final Figures FIGURES = Figures.of(MemberListEditsIT.class);

    private static final Duration JOINS_WITHIN = Duration.ofMinutes(1);

    /** A minute of absence, and the change itself. */
    private static final Duration LEAVES_WITHIN = Duration.ofMinutes(2);

    private static final Duration LEADER_WITHIN = Duration.ofSeconds(10);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private void threeTo(int more) {
        try (PersistentStory story =
                PersistentStory.on(clusters.start(clusters.of(3)).awaitAllUp())) {
            ServerCluster cluster = story.cluster();
            List<ClusterNode> added = Stream.generate(cluster::addNodeUnannounced)
                    .limit(more - 3)
                    .map(ClusterNode::start)
                    .toList();
            long growingNanos = System.nanoTime();
            editOneByOne(story, cluster.nodes());
            awaitVoters(cluster.nodes(), more, JOINS_WITHIN);
            added.forEach(ClusterNode::awaitReady);
            FIGURES.print("3 to " + more + ", lists differing for " + BETWEEN_EDITS + " and more", since(growingNanos));
            story.goesOn();

            long shrinkingNanos = System.nanoTime();
            added.forEach(node -> cluster.unlistUnannounced(node.name()));
            List<ClusterNode> staying = new ArrayList<>(cluster.nodes());
            staying.removeAll(added);
            editOneByOne(story, staying);
            awaitVoters(staying, 3, LEAVES_WITHIN);
            FIGURES.print(more + " to 3", since(shrinkingNanos));
            story.goesOn();
            added.forEach(ClusterNode::stop);
            story.endsWell();
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /** Their lists differ meanwhile; writes go on all the time. */
    private static void editOneByOne(PersistentStory story, List<ClusterNode> nodes) {
        for (ClusterNode node : nodes) {
            story.cluster().rewriteMemberList(node);
            await("writes go on while lists differ")
                    .pollDelay(BETWEEN_EDITS)
                    .atMost(BETWEEN_EDITS.plus(JOINS_WITHIN))
                    .untilAsserted(story::goesOn);
        }
    }

    private static void awaitVoters(List<ClusterNode> nodes, int count, Duration within) {
        await(count + " voters")
                .atMost(within)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(nodes)
                        .allSatisfy(node -> assertThat(new LookupOperator(node).voters())
                                .as("%s", node)
                                .hasSize(count)));
    }

    @Test
    @InFullRun
    void threeToFourToThree_underLoad() {
        threeTo(4);
    }

    @Test
    @InFullRun
    void threeToFiveToThree_underLoad() {
        threeTo(5);
    }

    /** In every build: a fourth is listed by one after the other, and votes. */
    @Test
    void threeToFour_underLoad() {
        try (PersistentStory story =
                PersistentStory.on(clusters.start(clusters.of(3)).awaitAllUp())) {
            ServerCluster cluster = story.cluster();
            ClusterNode fourth = cluster.addNodeUnannounced().start();
            editOneByOne(story, cluster.nodes());
            awaitVoters(cluster.nodes(), 4, JOINS_WITHIN);
            fourth.awaitReady();
            story.endsWell();
        }
    }

    /** One list that lacks a voter for longer than its minute moves nobody out; a majority of such lists does. */
    @Test
    @InFullRun
    void whileOneListAloneLacksAVoter_itStays_howeverLong() {
        try (PersistentStory story =
                PersistentStory.on(clusters.start(clusters.of(4)).awaitAllUp())) {
            ServerCluster cluster = story.cluster();
            awaitVoters(cluster.nodes(), 4, JOINS_WITHIN);
            ClusterNode leaving = cluster.nodes().get(3);
            cluster.unlistUnannounced(leaving.name());
            List<ClusterNode> staying = new ArrayList<>(cluster.nodes());
            staying.remove(leaving);
            cluster.rewriteMemberList(staying.get(0));
            await("one list is not enough")
                    .during(LONG_BETWEEN_EDITS)
                    .atMost(LONG_BETWEEN_EDITS.plus(JOINS_WITHIN))
                    .untilAsserted(() -> assertThat(new LookupOperator(staying.get(1)).voters())
                            .hasSize(4));
            story.goesOn();
            long agreeingNanos = System.nanoTime();
            staying.forEach(cluster::rewriteMemberList);
            awaitVoters(staying, 3, LEAVES_WITHIN);
            FIGURES.print("4 to 3 with " + LONG_BETWEEN_EDITS + " between the first two files", since(agreeingNanos));
            leaving.stop();
            story.endsWell();
        }
    }

    /** X11: all of them, again and again, at addresses that nobody had before. */
    @Test
    @InFullRun
    void allAtNewAddresses_aLeaderSoon_andTheDataIntact() {
        try (PersistentStory story =
                PersistentStory.on(clusters.start(clusters.of(3)).awaitAllUp())) {
            List<Duration> took = new ArrayList<>();
            for (int round = 0; round < Acceptance.times(20, 1); round++) {
                took.add(story.cluster().onNewAddresses());
                story.goesOn();
            }
            FIGURES.print("all three ready at new addresses, with a leader, after", took);
            assertThat(took).allSatisfy(time -> assertThat(time).isLessThan(LEADER_WITHIN));
            story.endsWell();
        }
    }
}
