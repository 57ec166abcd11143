package io.muster.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.compatibility.Figures;
import io.muster.testkit.ServerProcess;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Design §4: a crash in the middle of an append leaves a torn tail after the synced end; it is cut off and the server
 * starts with all that it had acknowledged. The data directory is copied before and after one write, and every copy
 * that is started holds the bytes of before, with only the first few of the record that the write added.
 */
class TornTailIT {

    private static final int WRITES = 5;

    /** Records begin here; before it stand header and marks, and a mark is written only after its record is durable. */
    private static final int SEGMENT_HEAD_BYTES = 4096;

    /** Each cut is one start of the server; {@code -Dmuster.torn.cuts=N} takes more. */
    private static final int CUTS = 8;

    @Test
    void tailCutAnywhere_startsWithEverythingAcknowledged(@TempDir Path dir) throws Exception {
        long seed = Long.getLong("muster.seed", System.nanoTime());
        Figures.print("-Dmuster.seed of TornTailIT", String.valueOf(seed));
        Random random = new Random(seed);
        DataDirectory before;
        DataDirectory after;
        try (ServerProcess server = ShortLived.in(dir.resolve("live")).startReady()) {
            Registry registry = new Registry(server);
            for (int i = 0; i < WRITES; i++) {
                write(registry, 1000 + i);
            }
            DataDirectory live = new DataDirectory(dir.resolve("live"));
            before = live.copyTo(dir.resolve("before"));
            write(registry, 2000);
            after = live.copyTo(dir.resolve("after"));
        }
        List<DataDirectory.Growth> growth = before.growthTo(after, SEGMENT_HEAD_BYTES);
        assertThat(growth).as("files that one write changed").hasSize(1);
        DataDirectory.Growth tail = growth.get(0);

        TreeSet<Integer> cuts = new TreeSet<>(List.of(0, 1, tail.length() - 1));
        while (cuts.size() < Integer.getInteger("muster.torn.cuts", CUTS) && cuts.size() < tail.length()) {
            cuts.add(random.nextInt(tail.length()));
        }
        boolean truncated = false;
        for (int cut : cuts) {
            Path copy = dir.resolve("cut-" + cut);
            Path log = before.copyTo(copy).root().resolve(tail.file());
            byte[] written = Files.readAllBytes(after.root().resolve(tail.file()));
            tear(log, Arrays.copyOfRange(written, tail.from(), tail.from() + cut), tail.from(), truncated);
            startsWithAllAcknowledged(copy, cut, truncated);
            truncated = !truncated;
        }
        Figures.print("torn tails", "cut " + tail.file() + " at " + cuts + " of " + tail.length());
    }

    private static void tear(Path log, byte[] firstBytes, int from, boolean truncated) throws Exception {
        try (RandomAccessFile bytes = new RandomAccessFile(log.toFile(), "rw")) {
            bytes.seek(from);
            bytes.write(firstBytes);
            if (truncated) {
                bytes.setLength(bytes.getFilePointer());
            }
        }
    }

    private static void startsWithAllAcknowledged(Path data, int cut, boolean truncated) throws Exception {
        try (ServerProcess server = ShortLived.in(data).startReady()) {
            Registry registry = new Registry(server);
            Map<Integer, Map<String, String>> found = registry.metadataByPort("torn");
            for (int i = 0; i < WRITES; i++) {
                assertThat(found)
                        .as("cut at %d, %s", cut, truncated ? "file truncated" : "zeros after it")
                        .containsEntry(1000 + i, Map.of("port", String.valueOf(1000 + i)));
            }
            write(registry, 3000);
            assertThat(registry.metadataByPort("torn")).containsKey(3000);
        }
    }

    private static void write(Registry registry, int port) throws Exception {
        Map<String, String> metadata = Map.of("port", String.valueOf(port));
        assertThat(registry.send("POST", "instance", Registry.persistent("torn", port, metadata))
                        .body())
                .isEqualTo("ok");
    }
}
