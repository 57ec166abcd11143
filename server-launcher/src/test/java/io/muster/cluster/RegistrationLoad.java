package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.BeatingClients;
import io.muster.testkit.load.ListWatchers;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;

/** The ephemeral part of R28's steady load, small: instances that beat through any node, and consumers of their lists. {@code EphemeralIT} has the large one. */
final class RegistrationLoad implements AutoCloseable {

    private static final Duration BEAT_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(2);
    private static final int INSTANCES = 60;
    private static final int SERVICES = 10;

    private final ServerCluster cluster;
    private final BeatingClients clients;
    private final ListWatchers watchers;

    private RegistrationLoad(ServerCluster cluster) {
        this.cluster = cluster;
        RegistryClient client = RegistryClient.of(cluster::urls);
        this.clients = BeatingClients.start(client, BEAT_INTERVAL, Instance.spread("beside", INSTANCES, SERVICES));
        this.watchers = ListWatchers.start(client, cluster::urls, clients.services(), LOOK_INTERVAL, clients::steady);
    }

    /** Begins when every node lists everybody: who registered at a node that is cut off in the same moment is known to no other. */
    static RegistrationLoad on(ServerCluster cluster) {
        RegistrationLoad load = new RegistrationLoad(cluster);
        load.awaitExactLists();
        return load;
    }

    /** Every node that runs lists exactly those who beat, and no list was falsely empty on the way (X10, X13). */
    void endsWell() {
        awaitExactLists();
        assertThat(watchers.stop().falselyEmpty()).isEmpty();
        clients.stop();
    }

    private void awaitExactLists() {
        await("every node lists exactly those who live")
                .atMost(EphemeralStory.SETTLES_WITHIN)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    assertThat(clients.allAreSteady()).isTrue();
                    for (ClusterNode node : cluster.nodes()) {
                        if (node.isRunning()) {
                            assertThat(listed(node)).as("lists of %s", node).isEqualTo(expected());
                        }
                    }
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
            listed.put(service, RegistryClient.addresses(client.list(service).join()));
        }
        return listed;
    }

    @Override
    public void close() {
        watchers.close();
        clients.close();
    }
}
