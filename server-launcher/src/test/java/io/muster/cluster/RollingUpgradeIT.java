package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.consistency.FormatInForce;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.RegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** R32: data of an earlier version are read, and versions serve side by side while one node after the other is upgraded. */
@Timeout(900)
class RollingUpgradeIT {

    /**
     * Names a zip of a data directory of an earlier version, whose server stood alone: writes v0 to v59 to registers x0 to x49 and x0 to x9 again, a snapshot
     * after the first 30, {@code kill -9} after the last.
     */
    private static final String PREVIOUS_DATA = "muster.previous.data";

    private static final String PREVIOUS_JAR = "muster.previous.jar";

    /** To be set to true for a jar that writes the formats of files that this version writes, so that it can read what this one has written. */
    private static final String GOES_BACK = "muster.previous.reads-this";

    /** A persistent instance, to be checked by TCP where nobody listens. */
    private static final String CHECKED =
            "/nacos/v1/ns/instance?serviceName=checked&ip=127.0.0.1&port=1&ephemeral=false";

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    @Test
    @EnabledIfSystemProperty(
            named = PREVIOUS_DATA,
            matches = ".+",
            disabledReason = "there are no data of an earlier version")
    void dataOfAnEarlierVersion_areRead_andReplicatedToNewMembers() throws IOException {
        ServerCluster cluster = clusters.prepare(clusters.of(3));
        ClusterNode old = cluster.node("n1");
        unpack(old.dataDirectory());
        old.start().awaitReady();
        assertThat(PersistentStory.held(cluster, old, expected().keySet())).isEqualTo(expected());

        cluster.node("n2").start();
        cluster.node("n3").start();
        cluster.nodes().forEach(ClusterNode::awaitReady);
        try (PersistentStory story = PersistentStory.on(cluster)) {
            story.awaitVoters(3);
            story.endsWell();
            for (ClusterNode node : cluster.nodes()) {
                assertThat(PersistentStory.held(cluster, node, expected().keySet()))
                        .as("on %s", node)
                        .isEqualTo(expected());
            }
            assertThat(RegistryClient.of(cluster::urls)
                            .write("x0", "new")
                            .join()
                            .isOk())
                    .isTrue();
        }
    }

    private static Map<String, String> expected() {
        Map<String, String> expected = new TreeMap<>();
        for (int write = 0; write < 60; write++) {
            expected.put("x" + write % 50, "v" + write);
        }
        return expected;
    }

    private static void unpack(Path directory) throws IOException {
        Path packed = Path.of(System.getProperty(PREVIOUS_DATA));
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(packed))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = directory.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(zip, target);
                }
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(
            named = PREVIOUS_JAR,
            matches = ".+",
            disabledReason = "there is no jar of the version before")
    void nodesUpgradedOneByOne_serveOn() {
        ServerCluster cluster = ofThePreviousVersion();
        try (PersistentStory story = PersistentStory.on(cluster)) {
            story.awaitVoters(3);
            replace(story, cluster.node("n1"), Optional.empty());
            whileMixed(cluster);
            cluster.nodes().stream().skip(1).forEach(node -> replace(story, node, Optional.empty()));
            onceAllAreUpgraded(cluster);
            story.endsWell();
        }
    }

    /** What is new waits, and what the previous version does not know never comes to it. */
    private static void whileMixed(ServerCluster cluster) {
        try (OperatorsWord operator = new OperatorsWord(cluster)) {
            operator.says(cluster.node("n1"), 21);
        }
        assertThat(cluster.node("n1").ask("POST", CHECKED).statusCode()).isEqualTo(200);
        assertThat(cluster.node("n1").text("/nacos/v1/ns/health/checkers")).contains("needs format 2 of all members");
        for (ClusterNode node : cluster.nodes()) {
            assertThat(node.log())
                    .as("%s", node)
                    .doesNotContain("no kind of change", "unknown kind", "makes no sense", "malformed");
        }
        assertThat(cluster.node("n1").meter("muster_raft_frames_refused_total")).isZero();
    }

    private static void onceAllAreUpgraded(ServerCluster cluster) {
        await("the newest format is in force everywhere")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> cluster.nodes().stream()
                        .allMatch(node -> node.get("/nacos/v1/ns/raft/state")
                                        .path("formatInForce")
                                        .asInt()
                                == FormatInForce.NEWEST));
        await("the instance behind which nobody listens is found out")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> !cluster.node("n2").get(CHECKED).path("healthy").asBoolean(true));
    }

    /** As an operator does who has doubts. */
    @Test
    @EnabledIfSystemProperty(
            named = GOES_BACK,
            matches = "true",
            disabledReason = "there is no jar of a version before that reads what this one writes")
    void firstNodeUpgraded_mayGoBackOnce() {
        ServerCluster cluster = ofThePreviousVersion();
        try (PersistentStory story = PersistentStory.on(cluster)) {
            story.awaitVoters(3);
            ClusterNode first = cluster.node("n1");
            replace(story, first, Optional.empty());
            replace(story, first, Optional.of(previousJar()));
            cluster.nodes().forEach(node -> replace(story, node, Optional.empty()));
            story.endsWell();
        }
    }

    private ServerCluster ofThePreviousVersion() {
        ServerCluster cluster = clusters.prepare(clusters.of(3));
        cluster.nodes().forEach(node -> node.runs(Optional.of(previousJar())).start());
        cluster.nodes().forEach(ClusterNode::awaitReady);
        return cluster;
    }

    private static Path previousJar() {
        return Path.of(System.getProperty(PREVIOUS_JAR));
    }

    private static void replace(PersistentStory story, ClusterNode node, Optional<Path> jar) {
        node.stop();
        node.runs(jar).start().awaitReady();
        story.goesOn();
    }
}
