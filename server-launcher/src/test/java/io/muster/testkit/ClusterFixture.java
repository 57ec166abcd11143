package io.muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The clusters of one test, as an extension in an instance field: {@code @RegisterExtension final ClusterFixture
 * clusters = new ClusterFixture();}. After the test it takes them down and deletes their directories; when the test
 * failed it first prints the tail of every node's log and saves the whole under {@code target/cluster-logs}.
 */
public final class ClusterFixture implements BeforeEachCallback, AfterEachCallback {

    private static final Path LOGS = Path.of("target", "cluster-logs");

    private final List<ServerCluster> clusters = new ArrayList<>();
    private final List<Path> directories = new ArrayList<>();

    @Override
    public void beforeEach(ExtensionContext context) {
        clusters.clear();
        directories.clear();
    }

    /**
     * How to start a cluster of this many nodes in a directory of its own; start it by {@link #start} or {@link
     * #prepare}.
     */
    public ClusterLauncher of(int nodeCount) {
        try {
            Path directory = Files.createTempDirectory("muster-cluster-");
            directories.add(directory);
            return ClusterLauncher.of(nodeCount, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a cluster that this fixture takes down, and waits until all its nodes are ready. */
    public ServerCluster start(ClusterLauncher launcher) {
        return prepare(launcher).startAll();
    }

    /** Makes a cluster that this fixture takes down; none of its nodes is started. */
    public ServerCluster prepare(ClusterLauncher launcher) {
        ServerCluster cluster = launcher.prepare();
        clusters.add(cluster);
        return cluster;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try {
            if (context.getExecutionException().isPresent()) {
                clusters.forEach(cluster -> tell(cluster, context));
            }
        } finally {
            closeAll();
        }
    }

    private void closeAll() {
        List<AssertionError> failures = new ArrayList<>();
        for (ServerCluster cluster : clusters) {
            try {
                cluster.close();
            } catch (AssertionError e) {
                failures.add(e);
            }
        }
        directories.forEach(ClusterFixture::delete);
        assertThat(failures).as("clusters that were not taken down wholly").isEmpty();
    }

    private void tell(ServerCluster cluster, ExtensionContext context) {
        Path logs = LOGS.resolve(context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName() + "-" + (1 + clusters.indexOf(cluster)));
        cluster.saveLogs(logs);
        System.err.println(cluster.report() + "\n=== all of it in " + logs.toAbsolutePath());
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
