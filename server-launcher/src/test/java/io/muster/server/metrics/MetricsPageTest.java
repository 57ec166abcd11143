package io.muster.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.server.TestServer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    @TempDir
    private Path directory;

    @Test
    void page_andScrape_nameTheSameSeriesWithTheSameTypes() throws IOException {
        String page = Files.readString(PAGE);
        Map<String, String> documented = pairs(ROW, page);
        Map<String, String> alwaysThere = new TreeMap<>(documented);
        ROW.matcher(page)
                .results()
                .filter(row -> row.group(3).contains(ONCE))
                .forEach(row -> alwaysThere.remove(row.group(1)));
        assertThat(documented).as("rows of %s", PAGE).hasSizeGreaterThan(80);

        try (TestServer server = TestServer.start(directory)) {
            // The JVM's own series are added just after the server has become ready.
            await().until(() -> server.get("/metrics").body().contains("process_files_open_files"));
            Map<String, String> scraped = pairs(TYPE, server.get("/metrics").body());
            assertThat(documented).as("documented").containsAllEntriesOf(scraped);
            assertThat(scraped).as("scraped").containsAllEntriesOf(alwaysThere);
        }
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
