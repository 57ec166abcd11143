package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.MemberLists;
import io.muster.testkit.net.ListenerFarm;
import io.muster.testkit.net.ListenerFarm.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * R72 on a real server and real listeners: no live instance is ever shown as unhealthy, and those that stop are found in time. In every build some
 * hundred for some seconds; in the full run {@code -Dmuster.checks.targets} (20,000) for {@code -Dmuster.checks.minutes} (10), and once more with the server
 * held to a fifth of a core.
 */
@Timeout(2_400)
class HealthChecksIT {

    private static final int TARGETS = Acceptance.times(Integer.getInteger("muster.checks.targets", 20_000), 500);
    private static final int STOPPED = Acceptance.times(200, 20);
    private static final Duration WATCHED = Acceptance.times(1, 0) == 1
            ? Duration.ofMinutes(Integer.getInteger("muster.checks.minutes", 10))
            : Duration.ofSeconds(3);

    /** All are checked once in 10 s at 2,000 a second, and twice more within 2 s. */
    private static final Duration FOUND_WITHIN = Duration.ofSeconds(25);

    private static final Duration POLLS = Duration.ofMillis(Acceptance.times(5_000, 500));

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final CheckedInstances instances = new CheckedInstances("checked");

    private ClusterNode server() {
        return clusters.start(clusters.of(1).lists(MemberLists.NONE).jvmOptions("-Xmx768m"))
                .node("n1");
    }

    private static List<Place> some(ListenerFarm farm) {
        List<Place> places = new ArrayList<>(farm.places());
        Collections.shuffle(places, new Random(7));
        return places.subList(0, STOPPED);
    }

    private void awaitAllPassed(ClusterNode server) {
        double before = server.meter("muster_naming_checks_started_total");
        await("each was checked at least once")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> server.meter("muster_naming_checks_targets") == TARGETS
                        && server.meter("muster_naming_checks_started_total") - before >= TARGETS);
    }

    private void watch(ClusterNode server, Duration howLong, Set<Place> unhealthy) {
        await("nothing else is unhealthy")
                .pollInterval(POLLS)
                .atMost(howLong.plusSeconds(120))
                .during(howLong)
                .failFast(() -> assertThat(instances.unhealthy(server)).isEqualTo(unhealthy))
                .until(() -> true);
    }

    @Test
    void liveOnesAreNeverUnhealthy_andStoppedOnesAreFoundInTime() {
        ClusterNode server = server();
        try (ListenerFarm farm = ListenerFarm.open(TARGETS)) {
            instances.register(server, farm.places());
            awaitAllPassed(server);
            watch(server, WATCHED, Set.of());
            List<Place> stopped = some(farm);
            stopped.forEach(farm::stop);
            await("the stopped ones are found")
                    .atMost(FOUND_WITHIN)
                    .pollInterval(POLLS)
                    .untilAsserted(
                            () -> assertThat(instances.unhealthy(server)).containsExactlyInAnyOrderElementsOf(stopped));
            stopped.forEach(farm::restart);
            await("and found back")
                    .atMost(FOUND_WITHIN)
                    .pollInterval(POLLS)
                    .untilAsserted(() -> assertThat(instances.unhealthy(server)).isEmpty());
            await("each of them changed twice, and nothing else did")
                    .untilAsserted(() -> assertThat(server.meter("muster_naming_checks_flips_total"))
                            .isEqualTo(2.0 * STOPPED));
        }
    }

    /** A starved server is late, and flips nothing; given its time back it finds what stopped meanwhile. */
    @Test
    @InFullRun
    @SuppressWarnings("try") // Closing it is what it is for.
    void heldToAFifthOfACore_noLiveOneIsUnhealthy() {
        ClusterNode server = server();
        try (ListenerFarm farm = ListenerFarm.open(TARGETS)) {
            instances.register(server, farm.places());
            awaitAllPassed(server);
            List<Place> stopped = some(farm);
            try (Squeeze ignored = Squeeze.toAFifth(server.process().pid())) {
                watch(server, WATCHED, Set.of());
                stopped.forEach(farm::stop);
                await("some time passes, and only the stopped ones are ever found")
                        .pollInterval(POLLS)
                        .atMost(Duration.ofMinutes(3))
                        .during(Duration.ofMinutes(1))
                        .failFast(() -> assertThat(stopped).containsAll(instances.unhealthy(server)))
                        .until(() -> true);
            }
            await("with its time back it finds them")
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(POLLS)
                    .untilAsserted(
                            () -> assertThat(instances.unhealthy(server)).containsExactlyInAnyOrderElementsOf(stopped));
        }
    }
}
