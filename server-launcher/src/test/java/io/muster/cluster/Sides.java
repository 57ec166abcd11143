package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Answer;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.BeatingClients;
import io.muster.testkit.load.ListWatchers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Clients that keep to one side of the cluster, n1 or the rest, as those do that a cut network parts: what a node of their own side lists
 * must never lack one of them, whatever lies between the sides.
 */
final class Sides implements AutoCloseable {

    private static final Duration STEADY_WITHIN = Duration.ofSeconds(60);
    private static final Duration BEAT_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final ServerCluster cluster;
    private final List<BeatingClients> clients = new ArrayList<>();
    private final List<ListWatchers> watchers = new ArrayList<>();

    /** Of all who are not away: what every list has to hold in the end. */
    private final Map<String, NavigableSet<String>> present = new LinkedHashMap<>();

    private final RegistryClient client;

    private Sides(ServerCluster cluster) {
        this.cluster = cluster;
        this.client = RegistryClient.of(cluster::urls);
    }

    /** The first of these beat through n1 alone, the rest through the other nodes. */
    static Sides of(ServerCluster cluster, List<Instance> instances, int throughN1) {
        Sides sides = new Sides(cluster.awaitAllUp());
        sides.settle(List.of(cluster.nodes().get(0)), instances.subList(0, throughN1));
        sides.settle(
                cluster.nodes().subList(1, cluster.nodes().size()), instances.subList(throughN1, instances.size()));
        await("all are registered")
                .atMost(STEADY_WITHIN)
                .until(() -> sides.clients.stream().allMatch(BeatingClients::allAreSteady));
        sides.untilEqualAndExact(STEADY_WITHIN);
        sides.watch(List.of(cluster.nodes().get(0)), 0);
        sides.watch(cluster.nodes().subList(1, cluster.nodes().size()), 1);
        return sides;
    }

    private void settle(List<ClusterNode> nodes, List<Instance> instances) {
        clients.add(BeatingClients.start(client.ofNodes(urls(nodes)), BEAT_INTERVAL, instances));
        instances.forEach(this::isPresent);
    }

    private void watch(List<ClusterNode> nodes, int side) {
        BeatingClients own = clients.get(side);
        List<URI> urls = List.of(urls(nodes));
        watchers.add(ListWatchers.start(client, () -> urls, own.services(), LOOK_INTERVAL, own::steady));
    }

    private static URI[] urls(List<ClusterNode> nodes) {
        return nodes.stream().map(node -> node.uri("/")).toArray(URI[]::new);
    }

    private void isPresent(Instance instance) {
        present.computeIfAbsent(instance.service(), service -> new TreeSet<>()).add(instance.address());
    }

    /** These deregister, on this side (0: through n1). */
    void leave(int side, List<Instance> instances) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (Instance instance : instances) {
            answers.add(clients.get(side).leave(instance));
            present.get(instance.service()).remove(instance.address());
        }
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join())
                        .as("a deregistration under the cut (R52)")
                        .matches(Answer::isOk));
    }

    /** These register again, on this side, within a beat interval. */
    void comeBack(int side, List<Instance> instances) {
        instances.forEach(instance -> {
            clients.get(side).comeBack(instance);
            isPresent(instance);
        });
    }

    /** These die without a word, on this side. */
    void die(int side, List<Instance> instances) {
        instances.forEach(clients.get(side)::fallSilent);
    }

    /** These are no longer expected in any list. */
    void areGone(List<Instance> instances) {
        instances.forEach(instance -> present.get(instance.service()).remove(instance.address()));
    }

    /** Goes on until each service was looked at so many times more, a second apart. */
    void goesOn(int looks) {
        long before = lists();
        long each = (long) present.size() * cluster.nodes().size();
        await("consumers go on looking").atMost(Duration.ofMinutes(5)).until(() -> lists() >= before + looks * each);
    }

    private long lists() {
        return watchers.stream().mapToLong(watcher -> watcher.report().lists()).sum();
    }

    /** Waits until all nodes hold the same and list exactly those who are present, and tells how long that took. */
    Duration untilEqualAndExact(Duration longest) {
        long startNanos = System.nanoTime();
        long[] equalNanos = {startNanos};
        await("all lists are equal and exact")
                .atMost(longest)
                .pollDelay(Duration.ZERO)
                .pollInterval(LOOK_AGAIN)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    assertThat(cluster.nodes().stream()
                                    .map(node -> node.get("/nacos/v1/ns/distro/status")
                                            .path("digest")
                                            .asText())
                                    .distinct())
                            .as("digests; %s", beats())
                            .hasSize(1);
                    equalNanos[0] = System.nanoTime();
                    for (ClusterNode node : cluster.nodes()) {
                        assertThat(listed(node))
                                .as("lists of %s; %s", node, beats())
                                .isEqualTo(present);
                    }
                });
        return Duration.ofNanos(equalNanos[0] - startNanos);
    }

    private Map<String, NavigableSet<String>> listed(ClusterNode node) {
        RegistryClient here = client.ofNodes(node.uri("/"));
        Map<String, CompletableFuture<NavigableSet<String>>> asked = new LinkedHashMap<>();
        present.keySet()
                .forEach(service -> asked.put(service, here.list(service).thenApply(RegistryClient::addresses)));
        Map<String, NavigableSet<String>> listed = new LinkedHashMap<>();
        asked.forEach((service, addresses) -> listed.put(service, addresses.join()));
        return listed;
    }

    /** No list ever lacked an instance that lives on the side of the node that gave it, or told it to be unhealthy, and nobody was forgotten. */
    void nobodyWasMissedOnItsSide() {
        for (ListWatchers watcher : watchers) {
            ListWatchers.Report seen = watcher.report();
            assertThat(seen.lists()).as("consumers have looked").isPositive();
            assertThat(seen.lacking())
                    .as("lists that lacked an instance of their side; %s", beats())
                    .isEmpty();
            assertThat(seen.shunning())
                    .as("lists that told an instance of their side to be unhealthy; %s", beats())
                    .isEmpty();
        }
        for (BeatingClients side : clients) {
            assertThat(side.report().reregistrations())
                    .as("clients that were told they are unknown; %s", beats())
                    .isZero();
        }
    }

    private List<BeatingClients.Report> beats() {
        return clients.stream().map(BeatingClients::report).toList();
    }

    @Override
    public void close() {
        watchers.forEach(ListWatchers::close);
        clients.forEach(BeatingClients::close);
    }
}
