package io.muster.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.compatibility.Figures;
import io.muster.testkit.ServerProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Design §4 on a small file system of its own: full, the server refuses persistent writes and says why, while ephemeral
 * ones go on; with room again it goes on by itself. Skipped where this process may not mount one.
 */
class FullDiskIT {

    /** Room for some of the log's segments. */
    private static final int DISK_MEBIBYTES = 8;

    /** Enough writes of a kilobyte to use up what was preallocated before the disk was full. */
    private static final int WRITES_MAX = 8_000;

    /** The server looks for room again at short intervals. */
    private static final Duration RECOVERED = Duration.ofSeconds(15);

    private static final String FILLING = "x".repeat(900);

    @TempDir
    Path disk;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "tmpfs", disk.toString()),
                "skipped: this process may not mount a tmpfs");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    @Test
    void fullDisk_refusesPersistentWrites_andServiceResumesWithRoom() throws Exception {
        try (ServerProcess server = ShortLived.in(disk.resolve("data")).startReady()) {
            Registry registry = new Registry(server);
            assertThat(write(registry, 1).statusCode()).isEqualTo(200);
            Path filler = disk.resolve("filler");
            fill(filler);

            Set<Integer> acknowledged = new HashSet<>(Set.of(1));
            HttpResponse<String> refusal = writeUntilRefused(registry, acknowledged);

            assertThat(refusal.statusCode()).as(refusal.body()).isEqualTo(503);
            assertThat(refusal.body()).containsIgnoringCase("disk");
            assertThat(registry.send(
                                    "POST",
                                    "instance",
                                    Map.of("serviceName", "fleeting", "ip", "10.8.0.1", "port", "8080"))
                            .body())
                    .as("an ephemeral registration")
                    .isEqualTo("ok");
            assertThat(registry.metadataByPort("full").keySet()).isEqualTo(acknowledged);

            Files.delete(filler);
            long freed = System.nanoTime();
            await().atMost(RECOVERED).until(() -> write(registry, 60_001).statusCode() == 200);
            Figures.print(
                    "full disk",
                    acknowledged.size() + " writes until it was full; '" + refusal.body() + "'; serving again "
                            + Duration.ofNanos(System.nanoTime() - freed).toMillis() + " ms after there was room");
            acknowledged.add(60_001);

            server.kill();
            try (ServerProcess restarted = server.restart()) {
                assertThat(new Registry(restarted).metadataByPort("full").keySet())
                        .isEqualTo(acknowledged);
            }
        }
    }

    private static HttpResponse<String> writeUntilRefused(Registry registry, Set<Integer> acknowledged)
            throws Exception {
        for (int write = 0; write < WRITES_MAX; write++) {
            int port = 2 + write;
            HttpResponse<String> response = write(registry, port);
            if (response.statusCode() != 200) {
                return response;
            }
            acknowledged.add(port);
        }
        throw new AssertionError("still writing after " + WRITES_MAX + " writes on a full disk");
    }

    private static HttpResponse<String> write(Registry registry, int port) throws Exception {
        return registry.send("POST", "instance", Registry.persistent("full", port, Map.of("filling", FILLING)));
    }

    /** Takes all the room that is left. */
    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(Files.size(filler)).as(e.getMessage()).isPositive();
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
