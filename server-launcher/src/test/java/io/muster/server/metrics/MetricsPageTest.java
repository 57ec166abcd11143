package io.muster.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.server.TestCluster;
import io.muster.server.TestServer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds {@code docs/metrics.md} to what a server answers, both ways. */
class MetricsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");

    /** {@code | `name` | type | labels | meaning |}. */
    private static final Pattern ROW =
            Pattern.compile("^\\| `(\\w+)` \\| (\\w+) \\| .* \\| (.*) \\|$", Pattern.MULTILINE);

    private static final Pattern TYPE = Pattern.compile("^# TYPE (\\w+) (\\w+)$", Pattern.MULTILINE);

    private static final String ONCE = "Once it has happened";
    private static final String CLUSTERED = "In clustered modes";

    @TempDir
    private Path directory;

    @Test
    void page_andScrape_nameTheSameSeriesWithTheSameTypes() throws IOException {
        String page = Files.readString(PAGE);
        Map<String, String> documented = documented(page, ONCE, CLUSTERED);
        assertThat(documented).as("rows of %s", PAGE).hasSizeGreaterThan(80);
        try (TestServer server = TestServer.start(directory)) {
            Map<String, String> scraped = scraped(server);
            assertThat(pairs(ROW, page)).as("documented").containsAllEntriesOf(scraped);
            assertThat(scraped).as("scraped").containsAllEntriesOf(documented);
            assertThat(scraped.keySet()).noneMatch(name -> name.matches("muster_(peer|member).*"));
        }
    }

    @Test
    void page_andScrapeOfAMember_nameTheSameSeriesWithTheSameTypes() throws IOException {
        String page = Files.readString(PAGE);
        try (TestCluster cluster = TestCluster.start(directory, 2)) {
            TestServer server = cluster.node(1);
            await().untilAsserted(() ->
                    assertThat(scraped(server)).as("scraped").containsAllEntriesOf(documented(page, ONCE)));
            assertThat(pairs(ROW, page)).as("documented").containsAllEntriesOf(scraped(server));
        }
    }

    /** Name and type of every series on the page, but for those with one of these marks. */
    private static Map<String, String> documented(String page, String... without) {
        Map<String, String> documented = new TreeMap<>(pairs(ROW, page));
        ROW.matcher(page)
                .results()
                .filter(row -> List.of(without).stream().anyMatch(row.group(3)::contains))
                .forEach(row -> documented.remove(row.group(1)));
        return documented;
    }

    private static Map<String, String> scraped(TestServer server) {
        // The JVM's own series are added just after the server has become ready.
        await().until(() -> server.get("/metrics").body().contains("process_files_open_files"));
        return pairs(TYPE, server.get("/metrics").body());
    }

    @Test
    void scrape_hasTheNamesThatDashboardsForNacosRead() {
        try (TestServer server = TestServer.start(directory)) {
            String scrape = server.get("/nacos/actuator/prometheus").body();
            for (String name : new String[] {"serviceCount", "ipCount", "leaderStatus", "totalPush", "failedPush"}) {
                assertThat(scrape).contains("nacos_monitor{module=\"naming\",name=\"" + name + "\"}");
            }
        }
    }

    /** Micrometer holds what a meter reads weakly, so the server must hold it: else gauges become NaN, and counters stand. */
    @Test
    void scrape_afterCollections_stillHasItsFigures() {
        try (TestServer server = TestServer.start(directory)) {
            collectGarbage();
            assertThat(server.get("/metrics").body().lines())
                    .filteredOn(line -> line.startsWith("muster_") || line.startsWith("nacos_monitor"))
                    .hasSizeGreaterThan(80)
                    .noneMatch(line -> line.endsWith(" NaN"))
                    .contains("nacos_monitor{module=\"naming\",name=\"leaderStatus\"} 1.0");
            String instance = "/v1/ns/instance?serviceName=a&ip=10.0.0.1&port=80";
            String metadata = "{\"preserved.heart.beat.timeout\":\"1000\"}";
            server.ask("POST", instance + "&metadata=" + URLEncoder.encode(metadata, StandardCharsets.UTF_8));
            await().untilAsserted(() -> assertThat(server.get("/metrics").body())
                    .contains("muster_distro_marked_unhealthy_total 1.0")
                    .contains("muster_naming_instances{mode=\"ephemeral\"} 1.0"));
        }
    }

    private static void collectGarbage() {
        WeakReference<Object> unheld = new WeakReference<>(new Object());
        await("a collection").until(() -> {
            System.gc();
            return unheld.refersTo(null);
        });
    }

    private static Map<String, String> pairs(Pattern pattern, String text) {
        Map<String, String> pairs = new TreeMap<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            pairs.put(matcher.group(1), matcher.group(2));
        }
        return pairs;
    }
}
