package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The expiry guard on real processes: 40 % of all instances fall silent at once, because they died, or because a cut lies between them and the
 * nodes. The dead turn UNHEALTHY on time and go within the guard's bound; who only was cut off stays.
 */
@Timeout(900)
class RackIT {

    private static final int INSTANCES = 1_000;
    private static final int SERVICES = 40;
    private static final int RACK = 400;

    /** R45; the last beat of each was sent before the rack died. */
    private static final Duration UNHEALTHY_WITHIN = Duration.ofMillis(15_000 + 1_500);

    /** The beats of an instance are five seconds apart. */
    private static final Duration UNHEALTHY_NOT_BEFORE = Duration.ofSeconds(15 - 5);

    /** The timeout of an instance, the longest that the guard holds removals back, and R45's 1.5 s. */
    private static final Duration GONE_WITHIN = Duration.ofMillis(30_000 + 60_000 + 1_500);

    /** Reading all lists of all nodes takes a while. */
    private static final Duration LOOKING = Duration.ofSeconds(1);

    /** Past the timeout of an instance, within the guard's bound. */
    private static final int CUT_LOOKS = 60;

    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(40);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final Figures figures = Figures.of(RackIT.class);
    private final List<Instance> instances = Instance.spread("rack", INSTANCES, SERVICES);
    private final List<Instance> rack = instances.subList(0, RACK);

    @Test
    @InFullRun
    void rackDies_unhealthyOnTime_goneWithinTheGuardsBound_andNobodyElse() {
        ServerCluster cluster = clusters.start(clusters.of(3));
        try (Sides sides = Sides.of(cluster, instances, RACK)) {
            Set<String> dead = addresses(rack);
            Set<String> alive = addresses(instances.subList(RACK, INSTANCES));

            sides.die(0, rack);
            long diedNanos = System.nanoTime();
            for (ClusterNode node : cluster.nodes()) {
                await("all dead are unhealthy at " + node)
                        .atMost(GONE_WITHIN)
                        .until(() -> healthy(node, true).equals(alive));
                figure(node + " lists all dead as unhealthy", diedNanos);
            }
            assertThat(since(diedNanos)).isBetween(UNHEALTHY_NOT_BEFORE, UNHEALTHY_WITHIN.plus(LOOKING));
            assertThat(healthy(cluster.node("n1"), false))
                    .as("removed only later")
                    .isEqualTo(dead);

            for (ClusterNode node : cluster.nodes()) {
                await("all dead are gone from " + node)
                        .atMost(GONE_WITHIN)
                        .until(() -> healthy(node, false).isEmpty());
                figure(node + " lists none of the dead", diedNanos);
            }
            assertThat(since(diedNanos)).isLessThan(GONE_WITHIN.plus(LOOKING));
            sides.areGone(rack);
            sides.untilEqualAndExact(SETTLES_WITHIN);
            sides.nobodyWasMissedOnItsSide();
            cluster.nodes().forEach(node -> assertThat(healthy(node, true)).isEqualTo(alive));
        }
    }

    @Test
    @InFullRun
    void rackCutOffFromTheRest_noneIsGone() {
        ServerCluster cluster = clusters.start(clusters.of(3));
        try (Sides sides = Sides.of(cluster, instances, RACK)) {
            cluster.partition("n1").from("n2", "n3");
            goesOnWholly(cluster, sides);
        }
    }

    /** R55: the node that hears the beats sees to it that those live whose responsible member it can't reach. */
    @Test
    @InFullRun
    void rackBehindOneCutLink_noneIsEvenUnhealthy() {
        ServerCluster cluster = clusters.start(clusters.of(3));
        try (Sides sides = Sides.of(cluster, instances, RACK)) {
            cluster.cut("n1").from("n2");
            goesOnWholly(cluster, sides);
            cluster.nodes()
                    .forEach(node -> assertThat(node.meter("muster_distro_marked_unhealthy_total"))
                            .as("marked UNHEALTHY by %s", node)
                            .isZero());
        }
    }

    private void goesOnWholly(ServerCluster cluster, Sides sides) {
        sides.goesOn(CUT_LOOKS);
        for (ClusterNode node : cluster.nodes()) {
            assertThat(listed(node)).as("lists of %s under the cut", node).isEqualTo(addresses(instances));
            assertThat(node.meter("muster_distro_marked_expired_total"))
                    .as("marked EXPIRED by %s", node)
                    .isZero();
        }
        cluster.heal();
        sides.untilEqualAndExact(SETTLES_WITHIN);
        sides.nobodyWasMissedOnItsSide();
        cluster.awaitAllUp();
        cluster.nodes().forEach(node -> assertThat(healthy(node, true)).isEqualTo(addresses(instances)));
    }

    private void figure(String what, long sinceNanos) {
        figures.print("after the rack died, " + what, since(sinceNanos).toMillis() + " ms");
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static Set<String> addresses(List<Instance> some) {
        return some.stream().map(Instance::address).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> listed(ClusterNode node) {
        Set<String> all = healthy(node, true);
        all.addAll(healthy(node, false));
        return all;
    }

    /** Addresses of all instances that the node lists with this health. */
    private static Set<String> healthy(ClusterNode node, boolean healthy) {
        Set<String> found = new TreeSet<>();
        for (int service = 0; service < SERVICES; service++) {
            for (JsonNode host : node.get("/nacos/v1/ns/instance/list?serviceName=rack-" + service)
                    .path("hosts")) {
                if (host.path("healthy").asBoolean() == healthy) {
                    found.add(host.path("ip").asText() + ":" + host.path("port").asInt());
                }
            }
        }
        return found;
    }
}
