package io.muster.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.testkit.ServerLauncher;
import io.muster.testkit.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Design §4: a bit that flipped before the synced end of the log is damage, and may be a lost promise: a standalone
 * server refuses to start, says where, and leaves everything as it found it.
 */
class DamagedLogIT {

    private static final int EXIT_DAMAGED = 75;

    /** A record of these tests is far shorter, and the message names the record that is damaged. */
    private static final long RECORD_BYTES_MAX = 4096;

    @Test
    void flippedBitInWhatWasAcknowledged_isRefusedWithFileAndOffset(@TempDir Path dir) throws Exception {
        ServerLauncher launcher = ShortLived.in(dir);
        try (ServerProcess server = launcher.startReady()) {
            Registry registry = new Registry(server);
            for (int i : IntStream.range(0, 20).toArray()) {
                assertThat(registry.send("POST", "instance", Registry.persistent("damaged", 1000 + i, marked(i)))
                                .body())
                        .isEqualTo("ok");
            }
            server.kill();
        }
        List<DataDirectory.Spot> spots = new DataDirectory(dir).find(marked(7).get("mark"));
        assertThat(spots).as("places of an early write's metadata").isNotEmpty();
        DataDirectory.Spot spot = spots.get(0);
        spot.flipBit(3);
        byte[] damaged = Files.readAllBytes(spot.file());

        try (ServerProcess refused = launcher.start()) {
            assertThat(refused.awaitExit()).as(refused.toString()).isEqualTo(EXIT_DAMAGED);
            assertThat(refused.stderr()).contains(spot.file().getFileName().toString());
            assertThat(numbersIn(refused.stderr()))
                    .as("an offset shortly before byte %d in: %s", spot.offset(), refused.stderr())
                    .anyMatch(number -> number <= spot.offset() && number > spot.offset() - RECORD_BYTES_MAX);
        }
        assertThat(Files.readAllBytes(spot.file())).isEqualTo(damaged);

        spot.flipBit(3);
        try (ServerProcess mended = launcher.startReady()) {
            assertThat(new Registry(mended).metadataByPort("damaged")).hasSize(20);
        }
    }

    private static Map<String, String> marked(int i) {
        return Map.of("mark", "marked-write-number-" + i + "-end");
    }

    private static List<Long> numbersIn(String text) {
        return Pattern.compile("\\d{1,18}")
                .matcher(text.replace(",", ""))
                .results()
                .map(result -> Long.valueOf(result.group()))
                .toList();
    }
}
