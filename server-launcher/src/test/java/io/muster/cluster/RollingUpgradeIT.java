package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.RegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            cluster.nodes().forEach(node -> replace(story, node, Optional.empty()));
            story.endsWell();
        }
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
