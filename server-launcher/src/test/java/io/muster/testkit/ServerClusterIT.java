package io.muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.testkit.client.Answer;
import io.muster.testkit.client.History;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.Outcome;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.BeatingClients;
import io.muster.testkit.load.ListWatchers;
import io.muster.testkit.load.RegisterLoad;
import io.muster.testkit.net.NetworkNamespaces;
import io.muster.testkit.net.NodeAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The kit does to processes, addresses and directories what it says; shown on servers that stand alone. */
@Timeout(120)
class ServerClusterIT {

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private ClusterLauncher standalones(int count) {
        return clusters.of(count).lists(MemberLists.NONE);
    }

    private static RegistryClient client(ServerCluster cluster, ClusterNode node) {
        return RegistryClient.of(cluster::urls).ofNodes(node.uri("/"));
    }

    private static void write(ServerCluster cluster, ClusterNode node, String value) {
        Answer answer = client(cluster, node).write("k", value).join();
        assertThat(answer.outcome()).as(answer.toString()).isEqualTo(Outcome.OK);
    }

    private static String read(ServerCluster cluster, ClusterNode node) {
        Answer answer = client(cluster, node).readLinearizable("k").join();
        assertThat(answer.outcome()).as(answer.toString()).isEqualTo(Outcome.OK);
        return RegistryClient.value(answer);
    }

    @Test
    void kill_restart_wipe_pause_resume() {
        ServerCluster cluster = clusters.start(standalones(1));
        ClusterNode node = cluster.node("n1");
        write(cluster, node, "kept");

        node.kill();
        assertThat(node.isRunning()).isFalse();
        assertThat(client(cluster, node).readLocal("k").join().outcome()).isEqualTo(Outcome.FAILED);
        node.restart();
        assertThat(read(cluster, node)).isEqualTo("kept");

        node.pause();
        Answer unanswered = client(cluster, node)
                .within(Duration.ofMillis(300), Duration.ofMillis(300))
                .write("k", "slow")
                .join();
        assertThat(unanswered.outcome()).isEqualTo(Outcome.UNKNOWN);
        node.resume();
        await("what it was asked while paused").until(() -> read(cluster, node).equals("slow"));

        node.stop().wipe().start().awaitReady();
        assertThat(read(cluster, node)).isEmpty();
        assertThat(node.report()).contains("n1 at " + node.address().name(), "3 processes");
    }

    /** X11, as far as one node's own data goes. */
    @Test
    void addressesChange_dataStaysWithTheNode() {
        ServerCluster cluster = clusters.start(standalones(2));
        ClusterNode n1 = cluster.node("n1");
        ClusterNode n2 = cluster.node("n2");
        NodeAddress first = n1.address();
        NodeAddress second = n2.address();
        write(cluster, n1, "one");
        write(cluster, n2, "two");

        n1.exchangeAddressesWith(n2);
        assertThat(n1.address()).isEqualTo(second);
        assertThat(n2.address()).isEqualTo(first);
        assertThat(read(cluster, n1)).isEqualTo("one");
        assertThat(read(cluster, n2)).isEqualTo("two");

        cluster.onNewAddresses();
        assertThat(List.of(first, second)).doesNotContain(n1.address(), n2.address());
        assertThat(read(cluster, n1)).isEqualTo("one");

        n2.kill();
        n1.moveTo(first);
        assertThat(read(cluster, n1)).isEqualTo("one");
        assertThat(n2.moveTo(second).isRunning()).isFalse();
        ClusterNode n3 = cluster.addNode().start().awaitReady();
        assertThat(read(cluster, n3)).isEmpty();
        assertThat(cluster.urls()).hasSize(3);
    }

    @Test
    void memberLists_nameTheirReaderTruly_andOthersByProxies() {
        ServerCluster cluster = clusters.prepare(clusters.of(3));
        ClusterNode n1 = cluster.node("n1");
        ClusterNode n2 = cluster.node("n2");
        assertThat(n1.memberList())
                .hasSize(3)
                .contains(n1.address().line(n1.address().peerPort()))
                .doesNotContain(n2.address().line(n2.address().peerPort()))
                .anyMatch(line -> line.startsWith(n2.address().name() + "?peer_port="));
        assertThat(n1.clusterConf()).hasContent(String.join("\n", n1.memberList()));

        n1.exchangeAddressesWith(n2);
        assertThat(n1.memberList()).contains(n1.address().line(n1.address().peerPort()));
        cluster.unlist("n3");
        assertThat(n1.memberList()).hasSize(2);
        assertThat(cluster.node("n3").memberList()).hasSize(3);
    }

    @Test
    void portTakenMeanwhile_clusterStartsElsewhere() throws IOException {
        ServerCluster cluster = clusters.prepare(standalones(1));
        NodeAddress first = cluster.node("n1").address();
        try (ServerSocket thief = new ServerSocket(first.port(), 1, InetAddress.getByName(first.host()))) {
            cluster.startAll();
            assertThat(thief.isBound()).isTrue();
            assertThat(cluster.node("n1").address()).isNotEqualTo(first);
            assertThat(read(cluster, cluster.node("n1"))).isEmpty();
        }
    }

    @Test
    void close_leavesNoProcess_noListener() {
        ServerCluster cluster = clusters.start(standalones(1));
        ClusterNode node = cluster.node("n1");
        long pid = node.process().pid();
        node.pause();
        cluster.close();
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(
                        node.address().host(), node.address().port()));
            }
        });
    }

    @Test
    void loads_reportWhatTheySaw_throughAKill() {
        ServerCluster cluster = clusters.start(standalones(1));
        ClusterNode node = cluster.node("n1");
        RegistryClient client = RegistryClient.of(cluster::urls);
        List<Instance> instances = Instance.spread("load", 300, 10);
        History history = History.ofPersistent();
        try (BeatingClients beating = BeatingClients.start(client, Duration.ofSeconds(1), instances);
                RegisterLoad registers =
                        RegisterLoad.start(client, history, List.of("a", "b"), 2, 2, Duration.ofMillis(50))) {
            await("all are registered").atMost(Duration.ofSeconds(20)).until(beating::allAreSteady);
            try (ListWatchers watchers = ListWatchers.start(
                    client, cluster::urls, beating.services(), Duration.ofMillis(100), beating::steady)) {
                await().until(() -> watchers.report().lists() > 50);
                assertThat(watchers.report().lacking()).isEmpty();

                node.kill();
                await().until(() -> watchers.report().refusals() > 10);
                node.restart();
                await("clients come back").atMost(Duration.ofSeconds(20)).until(beating::allAreSteady);
                Instance leaver = instances.get(0);
                assertThat(beating.leave(leaver).join().isOk()).isTrue();
                assertThat(beating.steady(leaver.service())).hasSize(29);
                assertThat(watchers.stop().refusals()).isGreaterThan(10);
            }
            BeatingClients.Report beats = beating.stop();
            assertThat(beats.registrations()).isGreaterThanOrEqualTo(600);
            assertThat(beats.reregistrations()).isGreaterThanOrEqualTo(300);
            assertThat(beats.failures()).isPositive();
            RegisterLoad.Report report = registers.stop();
            assertThat(report.writes().ok()).isPositive();
            assertThat(report.reads().ok()).isPositive();
            assertThat(report.writes().longestDrought()).isGreaterThan(Duration.ofMillis(100));
            long recorded = history.attempts().stream()
                    .filter(attempt -> attempt.outcome() == Outcome.OK)
                    .count();
            assertThat(recorded).isEqualTo(report.writes().ok() + report.reads().ok());
        }
    }

    @Test
    void namespaces_theTestReachesEveryNode() {
        Optional<String> obstacle = NetworkNamespaces.obstacle(new Random());
        assumeTrue(obstacle.isEmpty(), () -> "no network namespaces here: " + obstacle.orElseThrow());
        ServerCluster cluster = clusters.start(standalones(2).inNamespaces());
        List<Integer> ports = new ArrayList<>();
        for (ClusterNode node : cluster.nodes()) {
            write(cluster, node, node.name());
            ports.add(node.address().port());
        }
        assertThat(ports).containsExactly(8848, 8848);
        cluster.isolate("n1");
        ClusterNode n1 = cluster.node("n1");
        assertThat(read(cluster, n1)).isEqualTo("n1");
        n1.exchangeAddressesWith(cluster.node("n2"));
        assertThat(read(cluster, n1)).isEqualTo("n1");
    }
}
