package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.History;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.BeatingClients;
import io.muster.testkit.load.ListWatchers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A cluster whose clients beat through random nodes, and consumers who look at every node's lists all the time. */
final class EphemeralStory implements AutoCloseable {

    /** B of the simulation's invariants, and a machine with more servers than cores. */
    static final Duration SETTLES_WITHIN = Duration.ofSeconds(40);

    /** What clients of the 1.x protocol do by default. */
    private static final Duration BEAT_INTERVAL = Duration.ofSeconds(5);

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);

    private static final int SERVICES = Acceptance.times(200, 40);
    private static final int INSTANCES = Acceptance.times(3_000, 400);

    private final ServerCluster cluster;
    private final List<Instance> instances = Instance.spread("live", INSTANCES, SERVICES);
    private final BeatingClients clients;
    private final ListWatchers watchers;

    private EphemeralStory(ServerCluster cluster, History history) {
        this.cluster = cluster;
        RegistryClient client = RegistryClient.of(cluster::urls);
        this.clients = BeatingClients.start(client.recordedAs("provider", history), BEAT_INTERVAL, instances);
        await("all are registered").atMost(SETTLES_WITHIN).until(clients::allAreSteady);
        this.watchers = ListWatchers.start(client, cluster::urls, clients.services(), LOOK_INTERVAL, clients::steady);
    }

    static EphemeralStory on(ServerCluster cluster) {
        return on(cluster, History.ofNothing());
    }

    /** The history is that of those who beat. */
    static EphemeralStory on(ServerCluster cluster, History history) {
        EphemeralStory story = new EphemeralStory(cluster.awaitAllUp(), history);
        story.settles();
        return story;
    }

    ServerCluster cluster() {
        return cluster;
    }

    List<Instance> instances() {
        return instances;
    }

    BeatingClients clients() {
        return clients;
    }

    ListWatchers watchers() {
        return watchers;
    }

    /** Goes on until consumers have looked at every service of every node so many times more. */
    void goesOn(int looks) {
        long before = watchers.report().lists();
        await("consumers go on looking")
                .atMost(Duration.ofMinutes(2))
                .until(() -> watchers.report().lists() >= before + (long) looks * SERVICES);
    }

    /** X14: no node that runs has marked anybody since its process started. */
    void nobodyWasMarked() {
        for (ClusterNode node : running()) {
            assertThat(node.meter("muster_distro_marked_unhealthy_total"))
                    .as("instances that %s marked UNHEALTHY", node)
                    .isZero();
            assertThat(node.meter("muster_distro_marked_expired_total"))
                    .as("instances that %s marked EXPIRED", node)
                    .isZero();
        }
    }

    private List<ClusterNode> running() {
        return cluster.nodes().stream().filter(ClusterNode::isRunning).toList();
    }

    /** All nodes that run list exactly those who live, and hold the same data. */
    void settles() {
        await("every node lists exactly those who live")
                .atMost(SETTLES_WITHIN)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    List<ClusterNode> running = running();
                    assertThat(clients.allAreSteady())
                            .as("all beats are acknowledged")
                            .isTrue();
                    for (ClusterNode node : running) {
                        assertThat(listed(node)).as("lists of %s", node).isEqualTo(expected());
                    }
                    assertThat(running.stream()
                                    .map(node -> node.get("/nacos/v1/ns/distro/status")
                                            .path("digest")
                                            .asText())
                                    .distinct())
                            .as("digests")
                            .hasSize(1);
                });
    }

    private Map<String, NavigableSet<String>> expected() {
        Map<String, NavigableSet<String>> expected = new TreeMap<>();
        clients.services().forEach(service -> expected.put(service, clients.steady(service)));
        return expected;
    }

    private Map<String, NavigableSet<String>> listed(ClusterNode node) {
        RegistryClient client = RegistryClient.of(cluster::urls).ofNodes(node.uri("/"));
        Map<String, NavigableSet<String>> listed = new TreeMap<>();
        for (String service : clients.services()) {
            listed.put(
                    service,
                    new TreeSet<>(RegistryClient.addresses(client.list(service).join())));
        }
        return listed;
    }

    /** X13, X14: nobody was ever shown a list without somebody who lived, and no live client was forgotten. */
    void endsWell() {
        settles();
        ListWatchers.Report seen = watchers.stop();
        BeatingClients.Report beats = clients.stop();
        assertThat(seen.lists()).as("consumers have looked").isGreaterThan(SERVICES);
        assertThat(seen.lacking())
                .as("lists that lacked a live instance; %s", beats)
                .isEmpty();
        assertThat(beats.reregistrations())
                .as("clients that were told they are unknown; %s", beats)
                .isZero();
    }

    @Override
    public void close() {
        watchers.close();
        clients.close();
    }
}
