package io.muster.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.compatibility.Figures;
import io.muster.testkit.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * R17: acknowledged means on disk. Rounds of {@code kill -9} while four clients write; after each restart everything
 * that was acknowledged is there, with its metadata. Small segments and frequent snapshots, so that the kills hit those
 * too. {@code -Dmuster.kill.rounds=20} runs more of them.
 */
class KillDuringWritesIT {

    private static final int WRITERS = 4;

    /** A round is killed somewhere between these counts of acknowledged writes. */
    private static final int EARLIEST_KILL = 20;

    private static final int LATEST_KILL = 600;

    /** At 10 writes a second and more, even on a slow disk and a busy machine. */
    private static final Duration WRITTEN = Duration.ofSeconds(60);

    /** A writer whose connection breaks ends at once. */
    private static final Duration WRITERS_ENDED = Duration.ofSeconds(30);

    @Test
    void everyAcknowledgedWriteIsThereAfterKill9(@TempDir Path dir) throws Exception {
        int rounds = Integer.getInteger("muster.kill.rounds", 5);
        long seed = Long.getLong("muster.seed", System.nanoTime());
        Figures.print("-Dmuster.seed of KillDuringWritesIT", String.valueOf(seed));
        Random random = new Random(seed);
        AtomicInteger acknowledged = new AtomicInteger();
        List<PersistentWriter> writers = IntStream.range(0, WRITERS)
                .mapToObj(i -> new PersistentWriter("kill-" + i, random.nextLong(), acknowledged))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        ServerProcess server =
                ShortLived.in(dir).options("--raft.snapshot-every-entries=500").startReady();
        try {
            for (int round = 0; round < rounds; round++) {
                Registry registry = new Registry(server);
                int killAt = acknowledged.get() + random.nextInt(EARLIEST_KILL, LATEST_KILL);
                List<Future<?>> writing = new ArrayList<>();
                for (PersistentWriter writer : writers) {
                    writing.add(threads.submit(() -> {
                        writer.writeUntilTheServerDies(registry);
                        return null;
                    }));
                }
                await().atMost(WRITTEN)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() ->
                                acknowledged.get() >= killAt || writing.stream().anyMatch(Future::isDone));
                assertThat(writing).as("writers before the kill: %s", server).noneMatch(Future::isDone);
                server.kill();
                for (Future<?> writer : writing) {
                    writer.get(WRITERS_ENDED.toSeconds(), TimeUnit.SECONDS);
                }
                server = server.restart();
                Registry restarted = new Registry(server);
                for (PersistentWriter writer : writers) {
                    writer.verify(restarted);
                }
            }
        } finally {
            server.close();
            threads.shutdownNow();
        }
        assertThat(acknowledged.get()).isGreaterThan(rounds * EARLIEST_KILL);
        Figures.print("kill -9 rounds", rounds + ", writes acknowledged and found " + acknowledged.get());
    }
}
