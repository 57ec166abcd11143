package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.load.HttpFlood;
import io.muster.testkit.net.NodeAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is alive and who is who, as five real processes see it (R51, X11; design §4 "Identity", §6). */
@Timeout(900)
class MembersIT {

    private static final List<String> NAMES = List.of("n1", "n2", "n3", "n4", "n5");

    /** Probes come five times as often as by default, so that a case takes seconds. */
    private static final String[] QUICK_PROBES = {"--member.probe-interval-ms", "200"};

    /** Detection takes about a second with these probes; the rest is for a machine that runs five servers on two cores. */
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(20);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private record Pair(String a, String b) {}

    private static List<Pair> orderedPairs() {
        List<Pair> pairs = new ArrayList<>();
        for (String a : NAMES) {
            for (String b : NAMES) {
                if (!a.equals(b)) {
                    pairs.add(new Pair(a, b));
                }
            }
        }
        Collections.shuffle(pairs, new Random(5));
        return pairs;
    }

    private static List<Pair> links() {
        return orderedPairs().stream()
                .filter(pair -> pair.a().compareTo(pair.b()) < 0)
                .toList();
    }

    @Test
    void cutsAreSeenAsTheRulesSay() {
        ServerCluster cluster =
                clusters.start(clusters.of(5).options(QUICK_PROBES)).awaitAllUp();

        for (Pair link : Acceptance.cases(links(), 2)) {
            cluster.cut(link.a()).from(link.b());
            seeEachOtherSuspicious(cluster, link);
        }
        for (Pair way : Acceptance.cases(orderedPairs(), 2)) {
            cluster.cut(way.a()).oneWayTo(way.b());
            seeEachOtherSuspicious(cluster, way);
        }
        for (String name : Acceptance.cases(NAMES, 1)) {
            cluster.isolate(name);
            awaitViews(
                    cluster,
                    name + " is cut off from all: no one reaches it, and it reaches no one",
                    (viewer, seen) -> {
                        boolean across = viewer.equals(name) != seen.equals(name);
                        return across ? "DOWN" : "UP";
                    });
            heal(cluster);
        }
    }

    /** The two sides of one cut link do not reach each other; everybody else reaches both, so neither is left out of the ring. */
    private static void seeEachOtherSuspicious(ServerCluster cluster, Pair cut) {
        awaitViews(cluster, "only " + cut + " are cut off from each other", (viewer, seen) -> {
            boolean across = List.of(cut.a(), cut.b()).containsAll(List.of(viewer, seen)) && !viewer.equals(seen);
            return across ? "SUSPICIOUS" : "UP";
        });
        heal(cluster);
    }

    private static void heal(ServerCluster cluster) {
        cluster.heal();
        awaitViews(cluster, "all links are mended", (viewer, seen) -> "UP");
    }

    @FunctionalInterface
    private interface Expected {
        String state(String viewer, String seen);
    }

    private static void awaitViews(ServerCluster cluster, String situation, Expected expected) {
        Map<String, Map<String, String>> views = new TreeMap<>();
        for (String viewer : NAMES) {
            Map<String, String> view = new TreeMap<>();
            NAMES.forEach(seen -> view.put(seen, expected.state(viewer, seen)));
            views.put(viewer, view);
        }
        await(situation)
                .atMost(SEEN_WITHIN)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(views(cluster)).isEqualTo(views));
    }

    private static Map<String, Map<String, String>> views(ServerCluster cluster) {
        Map<String, Map<String, String>> views = new TreeMap<>();
        cluster.nodes().forEach(node -> views.put(node.name(), node.memberStates()));
        return views;
    }

    /** Client load never delays probes (design §6): the channel has an event loop of its own. */
    @Test
    void floodOfRequests_makesNobodySuspicious() {
        ServerCluster cluster = clusters.start(clusters.of(5)).awaitAllUp();
        List<Map<String, Long>> before = statesSince(cluster);

        HttpFlood.Report flood = HttpFlood.on(
                cluster.urls(),
                "/nacos/v1/ns/instance/list?serviceName=flood",
                Duration.ofSeconds(Acceptance.times(60, 5)));

        assertThat(flood.answered()).isGreaterThan(1_000);
        assertThat(statesSince(cluster))
                .as("no member has entered another state, not for a moment")
                .isEqualTo(before);
    }

    /** Since when each member is in its state, as each node sees it. */
    private static List<Map<String, Long>> statesSince(ServerCluster cluster) {
        List<Map<String, Long>> since = new ArrayList<>();
        for (ClusterNode viewer : cluster.nodes()) {
            Map<String, Long> members = new TreeMap<>();
            for (JsonNode member : viewer.get("/nacos/v1/core/cluster/nodes").path("data")) {
                members.put(
                        member.path("address").asText() + " "
                                + member.path("state").asText(),
                        member.path("extendInfo").path("lastRefreshTime").asLong());
            }
            since.add(members);
        }
        return since;
    }

    @Test
    void addressesExchanged_nodesAreKnownByTheirIds() {
        ServerCluster cluster =
                clusters.start(clusters.of(5).options(QUICK_PROBES)).awaitAllUp();
        Map<String, String> ids = ids(cluster);
        assertThat(ids.values()).doesNotHaveDuplicates().hasSize(5);

        cluster.node("n1").exchangeAddressesWith(cluster.node("n2"));
        cluster.node("n3").exchangeAddressesWith(cluster.node("n4"));
        awaitIds(cluster, ids);

        ClusterNode blank = cluster.node("n5");
        NodeAddress taken = cluster.node("n1").address();
        cluster.node("n1").stop();
        blank.stop().wipe();
        blank.moveTo(taken);
        blank.start().awaitReady();
        await("the blank node is a new one at the address of n1")
                .atMost(SEEN_WITHIN)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(idsSeenBy(cluster.node("n2")).get(taken.name()))
                        .isEqualTo(ownId(blank))
                        .isNotIn(ids.values()));
    }

    private static void awaitIds(ServerCluster cluster, Map<String, String> ids) {
        await("every node finds every other at its address")
                .atMost(SEEN_WITHIN)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    Map<String, String> byAddress = new TreeMap<>();
                    cluster.nodes().forEach(node -> byAddress.put(node.address().name(), ids.get(node.name())));
                    for (ClusterNode viewer : cluster.nodes()) {
                        assertThat(idsSeenBy(viewer))
                                .as("as %s sees them", viewer)
                                .isEqualTo(byAddress);
                    }
                });
    }

    private static Map<String, String> ids(ServerCluster cluster) {
        Map<String, String> ids = new TreeMap<>();
        cluster.nodes().forEach(node -> ids.put(node.name(), ownId(node)));
        return ids;
    }

    private static String ownId(ClusterNode node) {
        return id(node.get("/nacos/v1/core/cluster/self").path("data"));
    }

    /** Node ids by address. */
    private static Map<String, String> idsSeenBy(ClusterNode viewer) {
        Map<String, String> ids = new TreeMap<>();
        for (JsonNode member : viewer.get("/nacos/v1/core/cluster/nodes").path("data")) {
            ids.put(member.path("address").asText(), id(member));
        }
        return ids;
    }

    private static String id(JsonNode member) {
        return member.path("extendInfo").path("nodeId").asText();
    }
}
