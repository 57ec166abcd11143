package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.net.ListenerFarm;
import io.muster.testkit.net.ListenerFarm.Place;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** R72: an operator sets fields in a loop while the port of the instance flaps five times a second; they are always as last set. */
@Timeout(900)
class FlappingPortIT {

    private static final Duration LASTS = Duration.ofSeconds(Acceptance.times(120, 10));

    /** Five times down and five times up a second. */
    private static final long FLAP_MILLIS = 100;

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final CheckedInstances instances = new CheckedInstances("flapping");

    @Test
    void whatAnOperatorSets_standsHoweverThePortFlaps() throws InterruptedException {
        ServerCluster cluster = clusters.start(clusters.of(3));
        PersistentStory.leader(cluster);
        ClusterNode node = cluster.node("n2");
        ScheduledExecutorService flapping = Executors.newSingleThreadScheduledExecutor();
        try (ListenerFarm farm = ListenerFarm.open(1)) {
            Place place = farm.places().get(0);
            // One result is enough, so that verdicts are written all the time.
            await("the group takes writes")
                    .atMost(PersistentStory.SETTLES_WITHIN)
                    .until(() -> node.ask("PUT", "/v1/ns/operator/switches?entry=healthCheckTimes&value=1")
                                    .statusCode()
                            == 200);
            instances.register(node, List.of(place));
            AtomicInteger flaps = new AtomicInteger();
            flapping.scheduleAtFixedRate(
                    () -> {
                        if (flaps.getAndIncrement() % 2 == 0) {
                            farm.stop(place);
                        } else {
                            farm.restart(place);
                        }
                    },
                    0,
                    FLAP_MILLIS,
                    TimeUnit.MILLISECONDS);
            int said = sayUntilOver(node, place);
            await("verdicts are written beside what is said")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> cluster.nodes().stream()
                                    .mapToDouble(each -> each.meter("muster_naming_checks_flips_total"))
                                    .sum()
                            > 0);
            flapping.shutdown();
            assertThat(flapping.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            assertThat(said).isGreaterThan((int) LASTS.toSeconds());
            assertThat(flaps).hasValueGreaterThan((int) (LASTS.toMillis() / FLAP_MILLIS / 2));
            assertThat(cluster.nodes().stream()
                            .mapToDouble(each -> each.meter("muster_naming_checks_started_total"))
                            .sum())
                    .as("it was checked meanwhile")
                    .isPositive();
            await("every node shows what was said last")
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> {
                        for (ClusterNode each : cluster.nodes()) {
                            assertAsSaid(instances.shown(each, place), said);
                        }
                    });
        } finally {
            flapping.shutdownNow();
        }
    }

    private int sayUntilOver(ClusterNode node, Place place) {
        long endNanos = System.nanoTime() + LASTS.toNanos();
        int said = 0;
        while (System.nanoTime() - endNanos < 0) {
            said++;
            String metadata = URLEncoder.encode("{\"said\":\"" + said + "\"}", StandardCharsets.UTF_8);
            HttpResponse<String> answer = node.ask(
                    "PATCH",
                    instances.identity(place) + "&weight=" + said % 100 + "&enabled=" + (said % 2 == 0) + "&metadata="
                            + metadata);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertAsSaid(instances.shown(node, place), said);
        }
        return said;
    }

    private static void assertAsSaid(JsonNode instance, int said) {
        assertThat(instance.path("weight").asInt()).as("%s", instance).isEqualTo(said % 100);
        assertThat(instance.path("enabled").asBoolean()).as("%s", instance).isEqualTo(said % 2 == 0);
        assertThat(instance.path("metadata").path("said").asText()).isEqualTo(Integer.toString(said));
    }
}
