package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cluster.Figures.Distribution;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.Cut;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.History;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.RegisterLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How soon persistent writes go on when the leader is gone, with default timers (design §9, IL1). The goals there are held in the full run. */
@Timeout(900)
class FailoverIT {

    private static final int KILLS = Integer.getInteger("muster.leader.kills", 30);

    private static final Duration MEDIAN_MAX = Duration.ofMillis(1_300);
    private static final Duration KILLED_WORST_MAX = Duration.ofSeconds(3);
    private static final Duration CUT_MEDIAN_MAX = Duration.ofSeconds(2);

    /** Longer than any election would wait, had the deposed leader started one. */
    private static final int WRITES_AFTER_HEALING = 400;

    /** A leader that is there all the time answers sooner than any election could end. */
    private static final Duration GAP_MAX = Duration.ofSeconds(1);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final Figures figures = Figures.of(FailoverIT.class);

    private ServerCluster founded() {
        ServerCluster cluster = clusters.start(clusters.of(3));
        try (PersistentStory story = PersistentStory.on(cluster)) {
            story.awaitVoters(3);
            return cluster;
        }
    }

    private static List<ClusterNode> others(ServerCluster cluster, ClusterNode leader) {
        return cluster.nodes().stream().filter(node -> node != leader).toList();
    }

    @Test
    @InFullRun
    void leaderKilled_writesGoOn() {
        ServerCluster cluster = founded();
        List<Duration> took = new ArrayList<>();
        for (int round = 0; round < KILLS; round++) {
            ClusterNode leader = PersistentStory.leader(cluster);
            took.add(FirstWrite.after(leader::kill, cluster, others(cluster, leader)));
            leader.restart();
            awaitWhole(cluster);
        }
        Distribution distribution = Distribution.of(took);
        figures.print("leader killed, first write", distribution);
        assertThat(distribution.percentile(50)).isLessThan(MEDIAN_MAX);
        assertThat(distribution.worst()).isLessThan(KILLED_WORST_MAX);
    }

    @Test
    @InFullRun
    void leaderCutOff_writesGoOn_andHealingDisturbsNobody() {
        cutRounds("leader cut off", (leader, others) -> leader.from(others));
    }

    /** It is heard, so that nobody else starts an election while it thinks that it leads; it must find out by itself (check-quorum). */
    @Test
    @InFullRun
    void leaderDeaf_writesGoOn_andHealingDisturbsNobody() {
        cutRounds("leader deaf", (leader, others) -> leader.oneWayFrom(others));
    }

    @Test
    @InFullRun
    void leaderMute_writesGoOn_andHealingDisturbsNobody() {
        cutRounds("leader mute", (leader, others) -> leader.oneWayTo(others));
    }

    private void cutRounds(String what, BiConsumer<Cut, String[]> cut) {
        ServerCluster cluster = founded();
        List<Duration> took = new ArrayList<>();
        List<Duration> gaps = new ArrayList<>();
        for (int round = 0; round < Acceptance.rounds(1); round++) {
            ClusterNode leader = PersistentStory.leader(cluster);
            List<ClusterNode> others = others(cluster, leader);
            String[] names = others.stream().map(ClusterNode::name).toArray(String[]::new);
            took.add(FirstWrite.after(() -> cut.accept(cluster.cut(leader.name()), names), cluster, others));
            gaps.add(gapOfHealing(cluster, others));
            awaitWhole(cluster);
        }
        Distribution first = Distribution.of(took);
        Distribution gap = Distribution.of(gaps);
        figures.print(what + ", first write", first);
        figures.print(what + ", longest time without a write at healing", gap);
        assertThat(first.percentile(50)).isLessThan(CUT_MEDIAN_MAX);
        assertThat(gap.worst()).isLessThan(GAP_MAX);
    }

    /** The longest time without a write while the cut heals and after it; leader and term stay what they are. */
    private static Duration gapOfHealing(ServerCluster cluster, List<ClusterNode> others) {
        ClusterNode leader = await("one of the others leads")
                .atMost(PersistentStory.SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> others.stream().filter(PersistentStory::leads).toList(), leading -> leading.size() == 1)
                .get(0);
        long term = term(leader);
        RegistryClient client = RegistryClient.of(cluster::urls).ofNodes(leader.uri("/"));
        try (RegisterLoad load =
                RegisterLoad.start(client, History.ofNothing(), List.of("healing"), 2, 0, Duration.ofMillis(10))) {
            await("writes go on before").until(() -> load.report().writes().ok() >= 10);
            cluster.heal();
            cluster.awaitAllUp();
            long before = load.report().writes().ok();
            await("writes go on after")
                    .atMost(PersistentStory.SETTLES_WITHIN)
                    .until(() -> load.report().writes().ok() >= before + WRITES_AFTER_HEALING);
            assertThat(PersistentStory.leads(leader)).as("%s leads on", leader).isTrue();
            assertThat(term(leader)).as("term").isEqualTo(term);
            return load.stop().writes().longestDrought();
        }
    }

    private static long term(ClusterNode node) {
        return node.get("/nacos/v1/ns/raft/peer").path("term").asLong();
    }

    /** Every node is in the leader's pipeline again, so that the next round begins as the first one did. */
    private static void awaitWhole(ServerCluster cluster) {
        cluster.awaitAllUp();
        await("all are caught up")
                .atMost(PersistentStory.SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> {
                    JsonNode state = PersistentStory.leader(cluster).get("/nacos/v1/ns/raft/state");
                    for (JsonNode peer : state.path("peers")) {
                        if (peer.path("matchIndex").asLong(-1)
                                        < state.path("commitIndex").asLong()
                                || peer.path("lastContactMillis").asLong() > 500) {
                            return false;
                        }
                    }
                    return true;
                });
    }
}
