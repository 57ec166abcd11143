package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.MemberLists;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Answer;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes that list a cluster which does not list them, though they know its secret (design §4, "Wish and configuration"; X4). */
@Timeout(900)
class StrangersIT {

    private static final Duration FOUNDED_WITHIN = Duration.ofSeconds(60);

    /** Several probes, rounds of digests and looks of the leader at the wish. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(Acceptance.times(90, 15));

    private static final Instance IN_PRODUCTION = new Instance("shop", "10.0.0.1", 80);
    private static final Instance AT_THE_STRANGER = new Instance("shop", "10.0.0.2", 80);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private static RegistryClient client(ClusterNode node) {
        URI url = node.uri("/");
        return RegistryClient.of(() -> List.of(url));
    }

    private static void awaitFounded(List<ClusterNode> nodes) {
        await("all vote")
                .atMost(FOUNDED_WITHIN)
                .ignoreExceptions()
                .until(() -> nodes.stream()
                        .allMatch(node -> new LookupOperator(node).voters().size() == nodes.size()));
    }

    private static void register(ClusterNode node, Instance instance) {
        await(instance + " is registered at " + node)
                .atMost(FOUNDED_WITHIN)
                .until(() -> client(node).register(instance).join(), Answer::isOk);
    }

    private static int members(ClusterNode node) {
        return node.get("/nacos/v1/core/cluster/nodes").path("data").size();
    }

    @Test
    void emptyStrangerThatListsEveryone_staysAStranger() {
        ServerCluster cluster = clusters.start(clusters.of(3)).awaitAllUp();
        List<ClusterNode> production = cluster.nodes();
        awaitFounded(production);
        ClusterNode stranger = cluster.addNodeUnannounced().start();
        await("the stranger answers").atMost(FOUNDED_WITHIN).ignoreExceptions().until(() -> members(stranger) == 4);

        await("it stays one")
                .during(LONG_ENOUGH)
                .atMost(LONG_ENOUGH.plus(FOUNDED_WITHIN))
                .untilAsserted(() -> {
                    for (ClusterNode node : production) {
                        assertThat(new LookupOperator(node).voters()).hasSize(3);
                        assertThat(node.get("/nacos/v1/ns/raft/state")
                                        .path("learners")
                                        .asInt())
                                .isZero();
                        assertThat(members(node)).isEqualTo(3);
                    }
                    assertThat(stranger.get("/nacos/v1/ns/distro/status")
                                    .path("responsibleGroups")
                                    .asInt())
                            .as("groups that the stranger owns")
                            .isZero();
                });
        assertThat(new LookupOperator(stranger).events()).contains("LISTED_BY_NOBODY");
    }

    /** Somebody copied production's file to staging, and the secret, too. */
    @Test
    void stagingThatListsProduction_mergesNothing() {
        Map<String, String> modes = new ConcurrentHashMap<>(Map.of("n4", "standalone"));
        ServerCluster cluster = clusters.start(clusters.of(3)
                        .lists(MemberLists.LATER)
                        .ownOptions(node -> List.of("--lookup", modes.getOrDefault(node.name(), "file"))))
                .awaitAllUp();
        List<ClusterNode> production = cluster.nodes();
        awaitFounded(production);
        ClusterNode staging = cluster.addNodeUnannounced().start().awaitReady();
        assertThat(client(staging).write("mine", "staging").join().isOk()).isTrue();
        register(staging, AT_THE_STRANGER);
        register(production.get(0), IN_PRODUCTION);
        assertThat(client(production.get(0)).write("mine", "production").join().isOk())
                .isTrue();
        List<String> voters = List.copyOf(new LookupOperator(production.get(0)).voters());

        new LookupOperator(staging).switchTo("file");
        await("nothing is merged")
                .during(LONG_ENOUGH)
                .atMost(LONG_ENOUGH.plus(FOUNDED_WITHIN))
                .untilAsserted(() -> {
                    assertThat(client(staging).beat(AT_THE_STRANGER).join().isOk())
                            .isTrue();
                    assertThat(client(production.get(0))
                                    .beat(IN_PRODUCTION)
                                    .join()
                                    .isOk())
                            .isTrue();
                    for (ClusterNode node : production) {
                        assertThat(new LookupOperator(node).voters()).containsExactlyElementsOf(voters);
                        assertThat(RegistryClient.addresses(
                                        client(node).list("shop").join()))
                                .containsExactly(IN_PRODUCTION.address());
                        assertThat(RegistryClient.value(
                                        client(node).readLocal("mine").join()))
                                .isEqualTo("production");
                    }
                    assertThat(RegistryClient.addresses(
                                    client(staging).list("shop").join()))
                            .containsExactly(AT_THE_STRANGER.address());
                    assertThat(RegistryClient.value(
                                    client(staging).readLocal("mine").join()))
                            .isEqualTo("staging");
                });
    }
}
