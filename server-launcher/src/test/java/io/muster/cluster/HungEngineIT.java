package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.Debugger;
import io.muster.testkit.Debugger.HeldThread;
import io.muster.testkit.Debugger.Trap;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Answer;
import io.muster.testkit.client.Attempt;
import io.muster.testkit.client.History;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.ListWatchers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Decision 0043 on real processes: the thread of one node's engine for ephemeral data stands still, held by a debugger, while its process, HTTP and membership
 * go on. The node says so and refuses; the others take its groups over; nobody who lives is missed, and who dies is noticed on time.
 */
@Timeout(900)
class HungEngineIT {

    private static final String REASON = "its thread stands still";

    private static final Duration HANGS_WITHIN = Duration.ofSeconds(10);

    /** A machine with more servers than cores. */
    private static final Duration BUSY = Duration.ofMillis(1_500);

    /** Decision 0043: six looks, half a second apart, and what had passed of a look and a tick. */
    private static final Duration KNOWN_WITHIN = Duration.ofMillis(3_500).plus(BUSY);

    /** The others hear of it by the next answer to a probe, which are a second apart. */
    private static final Duration TAKEN_OVER_WITHIN = KNOWN_WITHIN.plusSeconds(1);

    /** The next look sees the turn. */
    private static final Duration READY_AGAIN_WITHIN = Duration.ofMillis(500).plus(BUSY);

    /** R45. */
    private static final Duration UNHEALTHY_WITHIN = Duration.ofMillis(15_000 + 1_500);

    /** R45; the beats of an instance are five seconds apart. */
    private static final Duration UNHEALTHY_NOT_BEFORE = Duration.ofSeconds(15 - 5);

    /** R45. */
    private static final Duration GONE_WITHIN = Duration.ofMillis(30_000 + 1_500);

    /** Reading all lists of a node takes a while. */
    private static final Duration LOOKING = Duration.ofSeconds(1);

    /** So few that no guard holds them back. */
    private static final int DYING = 10;

    private static final int ARRIVING = 20;

    /** From five minutes on an engine loads anew (design §5, "Tombstones"). */
    private static final Duration LOADS_ANEW_AFTER = Duration.ofSeconds(5 * 60 + 10);

    /** What its log says of that. */
    private static final String LOADS_ANEW = "ephemeral records are loaded anew";

    private static final int ROUNDS = 8;

    /** Where an engine's thread is held up. */
    private enum Place {
        /** In a listener that never returns, in the midst of a turn: as soon as anything changes. */
        LISTENER("io.muster.distro.driver.Listeners", "deliver"),

        /** With the next tick. */
        TICK("io.muster.distro.driver.Turns", "tick");

        private final String className;
        private final String method;

        Place(String className, String method) {
            this.className = className;
            this.method = method;
        }

        Trap in(Debugger debugger) {
            return debugger.trap(className, method);
        }
    }

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final Figures figures = Figures.of(HungEngineIT.class);
    private final History history = History.ofEphemeral();

    @Test
    void listenerNeverReturns_othersTakeOver_untilItDoes() {
        hangs(Place.LISTENER, Duration.ZERO);
    }

    @Test
    @InFullRun
    void engineHangsForMinutes_othersTakeOver_andItLoadsAnew() {
        ClusterNode hung = hangs(Place.TICK, LOADS_ANEW_AFTER);
        assertThat(hung.log()).contains(LOADS_ANEW);
    }

    /** Groups come and go, and with them who hears the beats: no clock of a lease is ahead of its client. */
    @Test
    @InFullRun
    void engineHangsAgainAndAgain_nobodyIsCalledUnhealthy() {
        ServerCluster cluster = clusters.start(clusters.of(3).jvmOptions(Debugger.AGENT));
        ClusterNode hung = cluster.node("n1");
        List<ClusterNode> others = List.of(cluster.node("n2"), cluster.node("n3"));
        try (EphemeralStory story = EphemeralStory.on(cluster, history);
                Debugger debugger = Debugger.attach(hung.process())) {
            for (int round = 0; round < ROUNDS; round++) {
                HeldThread engine = Place.TICK.in(debugger).awaitHeld(HANGS_WITHIN);
                await("the others take the groups of " + hung + " over")
                        .atMost(TAKEN_OVER_WITHIN)
                        .until(() -> isTakenOver(hung, others));
                story.goesOn(2 * round);
                engine.letGo();
                await(hung + " is ready").atMost(READY_AGAIN_WITHIN).until(() -> isReady(hung));
                story.goesOn(2 * (ROUNDS - round));
            }
            wasTruthful();
            nobodyWasShunned(story);
            story.nobodyWasMarked();
            story.endsWell();
        }
    }

    /** @param shortest that it hangs, if that is longer than it takes until the dead are gone */
    private ClusterNode hangs(Place place, Duration shortest) {
        ServerCluster cluster = clusters.start(clusters.of(3).jvmOptions(Debugger.AGENT));
        ClusterNode hung = cluster.node("n1");
        List<ClusterNode> others = List.of(cluster.node("n2"), cluster.node("n3"));
        try (EphemeralStory story = EphemeralStory.on(cluster, history);
                Debugger debugger = Debugger.attach(hung.process())) {
            Map<String, String> before = responsible(cluster.node("n2"), story);
            List<Instance> ofHung = story.instances().stream()
                    .filter(instance ->
                            before.get(instance.service()).equals(hung.address().name()))
                    .toList();
            assertThat(ofHung).as("instances of groups of %s", hung).hasSizeGreaterThan(2 * DYING + ARRIVING + 1);
            List<Instance> dyingWithIt = ofHung.subList(0, DYING);
            List<Instance> dyingLater = ofHung.subList(DYING, 2 * DYING);
            List<Instance> arriving = ofHung.subList(2 * DYING, 2 * DYING + ARRIVING);
            Instance leaving = ofHung.get(2 * DYING + ARRIVING);
            arriving.forEach(instance ->
                    assertThat(story.clients().leave(instance).join()).matches(Answer::isOk));
            story.settles();
            JsonNode sharesBefore = shares(hung);
            assertThat(sharesBefore).hasSize(3).allMatch(share -> share.asInt() > 0);

            Trap trap = place.in(debugger);
            CompletableFuture<Answer> left = story.clients().leave(leaving);
            HeldThread engine = trap.awaitHeld(HANGS_WITHIN);
            long hungNanos = System.nanoTime();
            dyingWithIt.forEach(story.clients()::fallSilent);

            await(hung + " says that it hangs").atMost(KNOWN_WITHIN).until(() -> says(hung, REASON));
            long knownNanos = System.nanoTime();
            figure("known", hungNanos);
            isOutOfService(hung, ofHung.get(0));
            assertThat(left.join()).matches(Answer::isOk);
            arriving.forEach(story.clients()::comeBack);
            await("the others take its groups over")
                    .atMost(TAKEN_OVER_WITHIN.minus(since(hungNanos)))
                    .until(() -> isTakenOver(hung, others));
            long takenOverNanos = System.nanoTime();
            figure("taken over", hungNanos);
            dyingLater.forEach(story.clients()::fallSilent);

            for (ClusterNode other : others) {
                await("who died with it is unhealthy at " + other)
                        .atMost(UNHEALTHY_WITHIN.plus(LOOKING))
                        .until(() -> health(other, story, false).containsAll(addresses(dyingWithIt)));
                figure("who died with it is unhealthy at " + other, hungNanos);
                assertThat(since(takenOverNanos)).isLessThan(UNHEALTHY_WITHIN.plus(LOOKING));
                await("who died later is unhealthy at " + other)
                        .atMost(UNHEALTHY_WITHIN.plus(LOOKING))
                        .until(() -> health(other, story, false).containsAll(addresses(dyingLater)));
                figure("who died later is unhealthy at " + other, takenOverNanos);
                assertThat(since(takenOverNanos)).isBetween(UNHEALTHY_NOT_BEFORE, UNHEALTHY_WITHIN.plus(LOOKING));
            }
            for (ClusterNode other : others) {
                await("all dead are gone from " + other)
                        .atMost(GONE_WITHIN.plus(LOOKING))
                        .until(() -> health(other, story, false).isEmpty());
                figure("all dead are gone from " + other, takenOverNanos);
                assertThat(since(takenOverNanos)).isLessThan(GONE_WITHIN.plus(LOOKING));
            }

            await(hung + " hangs on")
                    .atMost(shortest.plus(LOOKING))
                    .pollDelay(Duration.ZERO)
                    .until(() -> since(hungNanos).compareTo(shortest) >= 0);
            assertThat(says(hung, REASON)).as("%s hangs all the time", hung).isTrue();
            long resumedNanos = System.nanoTime();
            engine.letGo();
            firstListsLackNobody(hung, story);
            figure("lists again", resumedNanos);
            await(hung + " is ready").atMost(READY_AGAIN_WITHIN).until(() -> isReady(hung));
            figure("ready again", resumedNanos);
            await(hung + " has its groups again")
                    .atMost(TAKEN_OVER_WITHIN)
                    .until(() -> cluster.nodes().stream()
                            .allMatch(node -> shares(node).equals(sharesBefore)));
            figure("has its groups again", resumedNanos);
            story.settles();
            figure("all equal and exact", resumedNanos);

            wasTruthful();
            refusedAllMeanwhile(hung, knownNanos, resumedNanos);
            nobodyWasShunned(story);
            story.endsWell();
            return hung;
        }
    }

    /** It is well as a process, and takes and shows nothing. */
    private static void isOutOfService(ClusterNode hung, Instance instance) {
        assertThat(hung.ask("GET", "/livez").statusCode()).as("livez").isEqualTo(200);
        assertThat(hung.meter("muster_distro_ready")).isZero();
        String query = "?serviceName=" + instance.service();
        String identity = query + "&ip=" + instance.ip() + "&port=" + instance.port();
        refuses(hung.ask("GET", "/nacos/v1/ns/instance/list" + query));
        refuses(hung.ask("POST", "/nacos/v1/ns/instance" + identity));
        refuses(hung.ask("PUT", "/nacos/v1/ns/instance/beat" + identity));
        refuses(hung.ask("DELETE", "/nacos/v1/ns/instance" + identity));
    }

    private static void refuses(HttpResponse<String> answer) {
        assertThat(answer.statusCode())
                .as("%s: %s", answer.uri(), answer.body())
                .isEqualTo(503);
        assertThat(answer.body()).contains(REASON);
    }

    private static boolean isReady(ClusterNode node) {
        return node.ask("GET", "/readyz").statusCode() == 200;
    }

    private static boolean says(ClusterNode node, String reason) {
        HttpResponse<String> answer = node.ask("GET", "/readyz");
        return answer.statusCode() == 503 && answer.body().contains(reason);
    }

    /** Members agree about it that it has no share of the groups. */
    private static boolean isTakenOver(ClusterNode hung, List<ClusterNode> others) {
        JsonNode first = shares(others.get(0));
        return !first.has(hung.address().name())
                && others.stream().allMatch(other -> shares(other).equals(first));
    }

    /** For how many groups each member is responsible that shares them, by its address, as this node sees it. */
    private static JsonNode shares(ClusterNode node) {
        return node.get("/nacos/v1/ns/distro/shares").path("shares");
    }

    /** The address of the member that is responsible for each service, as this node sees it. */
    private static Map<String, String> responsible(ClusterNode node, EphemeralStory story) {
        Map<String, String> responsible = new TreeMap<>();
        for (String service : story.clients().services()) {
            responsible.put(
                    service,
                    node.get("/nacos/v1/ns/operator/distro/server?serviceName=" + service)
                            .path("responsibleServer")
                            .asText());
        }
        return responsible;
    }

    private static Set<String> addresses(Collection<Instance> some) {
        return some.stream().map(Instance::address).collect(Collectors.toSet());
    }

    /** Addresses of all instances that the node lists with this health. */
    private static Set<String> health(ClusterNode node, EphemeralStory story, boolean healthy) {
        RegistryClient client = RegistryClient.of(() -> List.of(node.uri("/")));
        List<CompletableFuture<Answer>> answers =
                story.clients().services().stream().map(client::list).toList();
        return answers.stream()
                .flatMap(answer -> RegistryClient.health(answer.join()).entrySet().stream())
                .filter(listed -> listed.getValue() == healthy)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** X13: what it missed comes before the lists that it gives. */
    private static void firstListsLackNobody(ClusterNode node, EphemeralStory story) {
        RegistryClient client = RegistryClient.of(() -> List.of(node.uri("/")));
        for (String service : story.clients().services()) {
            NavigableSet<String> living = story.clients().steady(service);
            Answer first = await("a list of " + service)
                    .atMost(READY_AGAIN_WITHIN)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> client.list(service).join(), Answer::isOk);
            assertThat(RegistryClient.addresses(first))
                    .as("the first list of %s after it went on", service)
                    .containsAll(living);
        }
    }

    private void wasTruthful() {
        assertThat(history.attempts())
                .as("beats of clients that some node did not know")
                .noneMatch(attempt ->
                        attempt.kind() == Attempt.Kind.BEAT && attempt.detail().contains("20404"));
    }

    /** Those who beat at the hung node were told why they had to go elsewhere. */
    private void refusedAllMeanwhile(ClusterNode hung, long knownNanos, long resumedNanos) {
        List<Attempt> meanwhile = history.attempts().stream()
                .filter(attempt -> attempt.node().equals(hung.uri(""))
                        && attempt.invokedNanos() > knownNanos
                        && attempt.completedNanos() < resumedNanos)
                .toList();
        figures.print("attempts at the hung node once it knew", meanwhile.size());
        assertThat(meanwhile)
                .isNotEmpty()
                .allMatch(attempt ->
                        attempt.detail().startsWith("503 ") && attempt.detail().contains(REASON));
    }

    private void nobodyWasShunned(EphemeralStory story) {
        ListWatchers.Report seen = story.watchers().report();
        figures.print("clients", story.clients().report());
        figures.print("lists", seen.lists() + ", refused " + seen.refusals());
        assertThat(seen.shunning())
                .as(
                        "lists that told somebody who lives to be unhealthy; %s",
                        story.clients().report())
                .isEmpty();
        assertThat(story.clients().report().failures())
                .as(
                        "operations of clients that no node took; %s",
                        story.clients().report())
                .isZero();
    }

    private void figure(String what, long sinceNanos) {
        figures.print(what, since(sinceNanos).toMillis() + " ms");
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
