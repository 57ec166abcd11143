package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.net.ListenerFarm;
import io.muster.testkit.net.ListenerFarm.Place;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** R72: the member that checks an instance is killed in one breath with it; another one takes over, and finds it. */
@Timeout(900)
class CheckerKilledIT {

    private static final int LIVE = 30;
    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);

    /** In every build members are missed sooner, so that the story takes no minute. */
    private static final String PROBES_MILLIS = Integer.toString(Acceptance.times(1_000, 200));

    /** Death is seen after 8 s, the new member begins within 5 s, and is sure 2 s later; the rest is for two cores and three servers. */
    private static final Duration FOUND_WITHIN = Duration.ofSeconds(30);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final CheckedInstances victims = new CheckedInstances("victim");
    private final CheckedInstances others = new CheckedInstances("others");

    @Test
    void theCheckerDiesWithItsTarget_andItIsFoundAllTheSame() {
        ServerCluster cluster = clusters.start(clusters.of(3).options("--member.probe-interval-ms", PROBES_MILLIS));
        PersistentStory.leader(cluster);
        cluster.awaitAllUp();
        try (ListenerFarm farm = ListenerFarm.open(LIVE + 1)) {
            for (int round = 0; round < Acceptance.rounds(1); round++) {
                tell(cluster, farm);
            }
        }
    }

    private void tell(ServerCluster cluster, ListenerFarm farm) {
        Place victim = farm.places().get(LIVE);
        List<Place> live = farm.places().subList(0, LIVE);
        victims.register(cluster.node("n1"), List.of(victim));
        await("one member checks it").atMost(SETTLES_WITHIN).until(() -> checks(cluster) == 1);
        ClusterNode checker = cluster.nodes().stream()
                .filter(node -> targets(node) == 1)
                .findFirst()
                .orElseThrow();
        others.register(cluster.node("n1"), live);
        await("each has one who checks it, and all pass")
                .atMost(SETTLES_WITHIN)
                .until(() -> checks(cluster) == LIVE + 1 && passes(cluster) > 2 * LIVE);
        List<ClusterNode> left =
                cluster.nodes().stream().filter(node -> node != checker).toList();

        checker.kill();
        farm.stop(victim);

        await("the victim is found, and no live one is unhealthy")
                .atMost(FOUND_WITHIN)
                .pollInterval(Duration.ofMillis(250))
                .failFast(() ->
                        left.forEach(node -> assertThat(others.unhealthy(node)).isEmpty()))
                .until(() ->
                        left.stream().allMatch(node -> victims.unhealthy(node).contains(victim)));
        assertThat(victims.shown(left.get(0), victim)
                        .path("health")
                        .path("reason")
                        .asText())
                .isEqualTo("refused");

        checker.start().awaitReady();
        cluster.awaitAllUp();
        farm.restart(victim);
        await("it is found back everywhere")
                .atMost(FOUND_WITHIN)
                .until(() -> cluster.nodes().stream()
                        .allMatch(node -> victims.unhealthy(node).isEmpty()
                                && others.unhealthy(node).isEmpty()));
        for (Place place : live) {
            assertThat(cluster.node("n1").ask("DELETE", others.identity(place)).statusCode())
                    .isEqualTo(200);
        }
        assertThat(cluster.node("n1").ask("DELETE", victims.identity(victim)).statusCode())
                .isEqualTo(200);
        await("nothing is left to check").atMost(SETTLES_WITHIN).until(() -> checks(cluster) == 0);
    }

    private static double targets(ClusterNode node) {
        return node.meter("muster_naming_checks_targets");
    }

    private static double checks(ServerCluster cluster) {
        return cluster.nodes().stream().mapToDouble(CheckerKilledIT::targets).sum();
    }

    private static double passes(ServerCluster cluster) {
        return cluster.nodes().stream()
                .mapToDouble(node -> node.meter("muster_naming_checks_started_total"))
                .sum();
    }
}
