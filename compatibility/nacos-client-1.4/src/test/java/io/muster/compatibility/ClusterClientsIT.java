package io.muster.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * X13, X14: unmodified clients against three nodes that restart, or die, one after the other. No subscriber is ever told
 * a list that lacks a live instance, and no node ever takes one for dead. A few clients in every build, 300 with {@code
 * -Dmuster.acceptance=full}.
 */
@Timeout(1200)
@Isolated("three servers and a crowd of clients take the processors that other tests measure times on")
class ClusterClientsIT {

    private static final boolean FULL = "full".equals(System.getProperty("muster.acceptance"));
    private static final int CLIENTS = FULL ? 300 : 12;
    private static final int INSTANCES_PER_SERVICE = FULL ? 10 : 4;

    /** Past the client's beat interval and its polls, so that every client has met the dead node. */
    private static final Duration NODE_DEAD = Duration.ofSeconds(FULL ? 20 : 8);

    /** Past the timeout of an instance, so that whoever was forgotten would be gone. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(FULL ? 35 : 5);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    @Test
    void rollingRestart_noSubscriberMissesAnybody() {
        ServerCluster cluster = clusters.start(clusters.of(3)).awaitAllUp();
        try (ClientCrowd crowd = ClientCrowd.gather(cluster, CLIENTS, INSTANCES_PER_SERVICE)) {
            for (ClusterNode node : cluster.nodes()) {
                crowd.nobodyWasTakenForDead(node);
                node.restart();
                cluster.awaitAllUp();
            }
            endsWell(cluster, crowd, "rolling restart");
        }
    }

    @Test
    void nodesKilledInTurn_noSubscriberMissesAnybody() {
        ServerCluster cluster = clusters.start(clusters.of(3)).awaitAllUp();
        try (ClientCrowd crowd = ClientCrowd.gather(cluster, CLIENTS, INSTANCES_PER_SERVICE)) {
            for (ClusterNode node : FULL ? cluster.nodes() : cluster.nodes().subList(0, 1)) {
                crowd.nobodyWasTakenForDead(node);
                node.kill();
                staysWell(crowd, NODE_DEAD);
                node.start().awaitReady();
                cluster.awaitAllUp();
            }
            endsWell(cluster, crowd, "kill -9 in turn");
        }
    }

    private static void staysWell(ClientCrowd crowd, Duration time) {
        await("nobody misses anybody")
                .during(time)
                .atMost(time.plusSeconds(10))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(crowd.lacking()).isEmpty());
    }

    private static void endsWell(ServerCluster cluster, ClientCrowd crowd, String what) {
        staysWell(crowd, AFTERWARDS);
        cluster.nodes().forEach(crowd::nobodyWasTakenForDead);
        assertThat(crowd.lacking()).as("lists without a live instance").isEmpty();
        Duration heard = crowd.everySubscriberHearsOfNewcomers();
        assertThat(crowd.lacking()).as("lists without a live instance").isEmpty();
        Figures.print(
                CLIENTS + " nacos-clients, " + what,
                crowd.told() + " lists told, none lacked anybody; a later change was heard by all within "
                        + heard.toMillis() + " ms");
    }
}
