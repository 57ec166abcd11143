package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.MemberLists;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.BeatingClients;
import io.muster.testkit.load.ListWatchers;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lookup is switched on servers that work (R63): nothing is lost, and nobody's health changes. */
@Timeout(900)
class LookupSwitchIT {

    private static final Duration BEAT_INTERVAL = Duration.ofSeconds(5);
    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(60);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final AtomicReference<ServerCluster> cluster = new AtomicReference<>();

    /** Instances that beat through any node, and consumers of their lists. */
    private static final class Registrations implements AutoCloseable {

        private final ServerCluster cluster;
        private final BeatingClients clients;
        private final ListWatchers watchers;

        Registrations(ServerCluster cluster, int count, int services) {
            this.cluster = cluster;
            RegistryClient client = RegistryClient.of(() -> running(cluster));
            clients = BeatingClients.start(client, BEAT_INTERVAL, Instance.spread("live", count, services));
            await("all are registered").atMost(SETTLES_WITHIN).until(clients::allAreSteady);
            watchers = ListWatchers.start(
                    client, () -> running(cluster), clients.services(), BEAT_INTERVAL, clients::steady);
        }

        private static List<URI> running(ServerCluster cluster) {
            return cluster.nodes().stream()
                    .filter(ClusterNode::isRunning)
                    .map(node -> node.uri("/"))
                    .toList();
        }

        /** X13, X14: no list lacked a live instance, no client was forgotten, and no server had doubts about one. */
        BeatingClients.Report endWell() {
            await("every list is whole")
                    .atMost(SETTLES_WITHIN)
                    .ignoreExceptions()
                    .untilAsserted(() -> {
                        assertThat(clients.allAreSteady()).isTrue();
                        for (ClusterNode node : cluster.nodes()) {
                            RegistryClient client = RegistryClient.of(() -> List.of(node.uri("/")));
                            for (String service : clients.services()) {
                                assertThat(RegistryClient.addresses(
                                                client.list(service).join()))
                                        .as("%s on %s", service, node)
                                        .isEqualTo(clients.steady(service));
                            }
                        }
                    });
            ListWatchers.Report seen = watchers.stop();
            BeatingClients.Report beats = clients.stop();
            assertThat(seen.lists()).as("consumers have looked").isPositive();
            assertThat(seen.lacking())
                    .as("lists that lacked somebody; %s", beats)
                    .isEmpty();
            assertThat(beats.reregistrations()).as("%s", beats).isZero();
            for (ClusterNode node : cluster.nodes()) {
                assertThat(node.meter("muster_distro_marked_unhealthy_total"))
                        .as("%s", node)
                        .isZero();
                assertThat(node.meter("muster_distro_marked_expired_total"))
                        .as("%s", node)
                        .isZero();
            }
            System.out.printf("%s; %d lists seen, %d refusals%n", beats, seen.lists(), seen.refusals());
            return beats;
        }

        @Override
        public void close() {
            watchers.close();
            clients.close();
        }
    }

    @Test
    void fileToAddressServerAndBack_underLoad() {
        try (MoodyAddressServer addressServer =
                new MoodyAddressServer(node -> cluster.get().node(node).memberList())) {
            cluster.set(clusters.prepare(clusters.of(3)
                    .lists(MemberLists.LATER)
                    .ownOptions(
                            node -> List.of("--lookup", "file", "--address-server", addressServer.url(node.name())))));
            cluster.get().nodes().forEach(ClusterNode::start);
            cluster.get().nodes().forEach(ClusterNode::awaitReady);
            try (PersistentStory persistent = PersistentStory.on(cluster.get().awaitAllUp());
                    Registrations registrations = new Registrations(
                            cluster.get(), Acceptance.times(10_000, 500), Acceptance.times(100, 10))) {
                List<Standing> before = Standing.of(cluster.get());
                for (int round = 0; round < Acceptance.times(3, 1); round++) {
                    for (String mode : List.of("address-server", "file")) {
                        switchAll(mode, persistent);
                        assertThat(Standing.of(cluster.get())).isEqualTo(before);
                    }
                }
                registrations.endWell();
                persistent.endsWell();
            }
        }
    }

    private void switchAll(String mode, PersistentStory persistent) {
        for (ClusterNode node : cluster.get().nodes()) {
            LookupOperator operator = new LookupOperator(node);
            operator.switchTo(mode);
            assertThat(operator.shown().path("running").asText()).isEqualTo(mode);
            persistent.goesOn();
        }
    }

    /** The node that began alone becomes the founder, under load; the others come empty. Without load it is in every build: ProductionPageIT. */
    @Test
    @InFullRun
    void standaloneToFile_onTheFounder_underLoad() {
        Map<String, String> modes = new ConcurrentHashMap<>(Map.of("n1", "standalone"));
        cluster.set(clusters.start(clusters.of(1)
                .lists(MemberLists.LATER)
                .ownOptions(node -> List.of("--lookup", modes.getOrDefault(node.name(), "file")))));
        ClusterNode founder = cluster.get().node("n1");
        try (PersistentStory persistent = PersistentStory.on(cluster.get());
                Registrations registrations =
                        new Registrations(cluster.get(), Acceptance.times(10_000, 500), Acceptance.times(100, 10))) {
            cluster.get().addNode();
            cluster.get().addNode();
            assertThat(new LookupOperator(founder).switchTo("file").path("added"))
                    .hasSize(2);
            persistent.goesOn();
            cluster.get().node("n2").start().awaitReady();
            cluster.get().node("n3").start().awaitReady();
            await("all three vote")
                    .atMost(SETTLES_WITHIN)
                    .ignoreExceptions()
                    .until(() -> cluster.get().nodes().stream()
                            .allMatch(node -> new LookupOperator(node).voters().size() == 3));
            assertThat(new LookupOperator(founder).isRefused("standalone")).contains("not the sole voter");
            registrations.endWell();
            persistent.endsWell();
        }
    }
}
