package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterLauncher;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Design §4, "Disk full", of a leader in a cluster: it gives leadership away, writes go on, and it comes back when there is room. Skipped where no tmpfs can be mounted. */
@Timeout(600)
class FullDiskClusterIT {

    /** Small segments, so that the load fills the one that is open and the reserve, which both have their room already, within seconds. */
    private static final long DATA_DIR_BYTES_MAX = 16L << 20;

    /** Room for some of the log's segments. */
    private static final int DISK_MEBIBYTES = 12;

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final Figures figures = Figures.of(FullDiskClusterIT.class);

    private Path disk = Path.of("");

    @AfterEach
    void unmount() {
        if (!disk.toString().isEmpty()) {
            // Lazily: the node on it still runs.
            run("umount", "-l", disk.toString());
        }
    }

    @Test
    @InFullRun
    void leadersDiskFull_anotherLeads_andItComesBackWithRoom() throws IOException {
        ClusterLauncher launcher = clusters.of(3)
                .options(
                        "--raft.snapshot-every-entries",
                        "2000",
                        "--server.data-dir-max-bytes",
                        Long.toString(DATA_DIR_BYTES_MAX));
        ServerCluster cluster = clusters.prepare(launcher);
        ClusterNode small = cluster.node("n1");
        Path directory = launcher.directory().resolve(small.name());
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "tmpfs", directory.toString()),
                "skipped: this process may not mount a tmpfs");
        disk = directory;
        cluster.rewriteMemberLists();
        cluster.nodes().forEach(ClusterNode::start);
        cluster.nodes().forEach(ClusterNode::awaitReady);
        try (PersistentStory story = PersistentStory.on(cluster)) {
            story.awaitVoters(3);
            leadBy(story, small);
            long filledNanos = System.nanoTime();
            Path filler = fill(disk.resolve("filler"));
            await("another node leads")
                    .atMost(PersistentStory.SETTLES_WITHIN.multipliedBy(2))
                    .until(() -> story.leader() != small);
            figures.print("leader's disk full, another leads after ms", (System.nanoTime() - filledNanos) / 1_000_000);
            story.goesOn();
            assertThat(story.writeThrough(small).isOk())
                    .as("a full node forwards writes to who has room")
                    .isTrue();

            Files.delete(filler);
            await("%s has caught up".formatted(small))
                    .atMost(PersistentStory.SETTLES_WITHIN)
                    .ignoreExceptions()
                    .until(() -> applied(small) >= applied(story.leader()) - 100);
            leadBy(story, small);
            story.goesOn();
            story.endsWell();
        }
    }

    private static long applied(ClusterNode node) {
        return node.get("/nacos/v1/ns/raft/state").path("appliedIndex").asLong();
    }

    private static void leadBy(PersistentStory story, ClusterNode wanted) {
        await(wanted + " leads")
                .atMost(PersistentStory.SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> {
                    ClusterNode leader = story.leader();
                    if (leader != wanted) {
                        leader.ask(
                                "POST",
                                "/v1/core/ops/raft?command=transferLeader&value="
                                        + wanted.address().name());
                    }
                    return story.leader() == wanted;
                });
    }

    /** Takes all the room that is left, and what becomes free while the load goes on. */
    private static Path fill(Path filler) {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            return filler;
        }
    }

    private static boolean run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
