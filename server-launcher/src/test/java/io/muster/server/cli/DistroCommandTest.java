package io.muster.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.server.TestCluster;
import io.muster.server.config.ProductVersion;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code muster distro status} in a cluster (R54, X15). */
class DistroCommandTest {

    private static final int GROUPS = 40;

    @TempDir
    private Path directory;

    private static String run(TestCluster cluster, String line) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of("--server", cluster.node(1).url()));
        StringWriter out = new StringWriter();
        int exitCode = MusterCommand.run(
                arguments, new ProductVersion("1.2.3"), new PrintWriter(out), new PrintWriter(new StringWriter()));
        assertThat(exitCode).isZero();
        return out.toString();
    }

    @Test
    void status_showsSharesOfAllMembers_andWhatTheOthersLack() {
        try (TestCluster cluster = TestCluster.start(directory, 2, "--distro.verify-interval-ms=200")) {
            await().until(() -> run(cluster, "members")
                            .lines()
                            .filter(line -> line.contains(" UP "))
                            .count()
                    == 2);
            for (int i = 0; i < GROUPS; i++) {
                cluster.node(1).ask("POST", "/v1/ns/instance?serviceName=s" + i + "&ip=10.0.0.1&port=80");
            }
            await().untilAsserted(() -> {
                JsonObject status = new JsonObject(run(cluster, "distro status --json"));
                JsonObject shares = status.getJsonObject("shares");
                assertThat(shares.fieldNames()).containsExactlyInAnyOrder(cluster.name(1), cluster.name(2));
                assertThat(shares.getInteger(cluster.name(1)) + shares.getInteger(cluster.name(2)))
                        .isEqualTo(GROUPS);
                assertThat(shares.getInteger(cluster.name(1))).isEqualTo(status.getInteger("responsibleGroups"));
                JsonObject peer = status.getJsonArray("peers").getJsonObject(0);
                assertThat(peer.getString("ip")).isEqualTo(cluster.name(2));
                assertThat(peer.getInteger("pending")).isZero();
                assertThat(peer.getLong("lastVerifyMillis")).isNotNull();
            });
            assertThat(run(cluster, "distro status"))
                    .containsPattern("RESPONSIBLE +GROUPS")
                    .containsPattern(cluster.name(2) + " +\\d+")
                    .containsPattern("PEER +ALIVE +LOADED +PENDING +LAST SYNC MS +LAST VERIFY MS +MISMATCHES")
                    .containsPattern(cluster.name(2) + " +yes +yes +0 ");
            // Figures of single members are brought up to date now and then.
            await().untilAsserted(
                            () -> assertThat(cluster.node(1).get("/metrics").body())
                                    .containsPattern("muster_distro_sync_pending\\{node=\"[0-9a-f]{32}\"} 0\\.0"));
        }
    }
}
