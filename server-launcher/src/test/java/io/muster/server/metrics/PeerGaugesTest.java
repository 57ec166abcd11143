package io.muster.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.muster.member.NodeId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** R27: series by member. */
class PeerGaugesTest {

    private static final NodeId ONE = new NodeId(1, 1);
    private static final NodeId OTHER = new NodeId(2, 2);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PeerGauges gauges = new PeerGauges(registry, "age.seconds", "An age.");

    @Test
    void seriesComeAndGoWithTheMembers() {
        gauges.show(Map.of(ONE, 1.0, OTHER, 2.0));
        assertThat(registry.scrape())
                .contains("age_seconds{node=\"" + ONE + "\"} 1.0", "age_seconds{node=\"" + OTHER + "\"} 2.0");
        gauges.show(Map.of(OTHER, 3.0));
        assertThat(registry.scrape())
                .contains("age_seconds{node=\"" + OTHER + "\"} 3.0")
                .doesNotContain(ONE.toString());
        gauges.show(Map.of());
        assertThat(registry.scrape()).doesNotContain(OTHER.toString());
        gauges.show(Map.of(ONE, 4.0));
        assertThat(registry.scrape()).contains("age_seconds{node=\"" + ONE + "\"} 4.0");
    }

    /** The page is written on other threads than the one that refreshes the series. */
    @Test
    void aScrapeWhileValuesChange_seesEachMemberOnce() {
        AtomicBoolean ended = new AtomicBoolean();
        gauges.show(Map.of(ONE, 0.0));
        CompletableFuture<Void> refreshing = CompletableFuture.runAsync(() -> {
            for (double age = 0; !ended.get(); age++) {
                gauges.show(Map.of(ONE, age));
            }
        });
        try {
            for (int i = 0; i < 5_000; i++) {
                assertThat(registry.scrape()).containsOnlyOnce("node=\"" + ONE + "\"");
            }
        } finally {
            ended.set(true);
            refreshing.join();
        }
    }
}
