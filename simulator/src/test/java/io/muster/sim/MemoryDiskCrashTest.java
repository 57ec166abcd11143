package io.muster.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.port.Disk;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What a crash leaves on the disk. Each test looks at many coins: the promise holds for all of them, and each outcome that the promise
 * leaves open is seen for some.
 */
class MemoryDiskCrashTest {

    private static final int COINS = 200;

    private final VirtualTime time = new VirtualTime(0);

    @Test
    void kill_keepsWhatWasWritten_syncedOrNot() {
        Set<String> outcomes = outcomes(disk -> {
            write(disk.open(time), "log", "unsynced");
            disk.kill();
            return text(disk, "log");
        });

        assertThat(outcomes).containsExactly("unsynced");
    }

    @Test
    void kill_leavesAWriteInFlightWholeInPartOrUndone() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log", "....");
            port.write("log", 0, "abcd".getBytes(US_ASCII), new Answer<>());
            disk.kill();
            return text(disk, "log");
        });

        assertThat(outcomes).containsExactlyInAnyOrder("....", "a...", "ab..", "abc.", "abcd");
    }

    @Test
    void kill_leavesAPrefixOfWhatIsInFlight() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            port.write("a", 0, new byte[0], new Answer<>());
            port.write("b", 0, new byte[0], new Answer<>());
            port.write("c", 0, new byte[0], new Answer<>());
            disk.kill();
            return disk.files().toString();
        });

        assertThat(outcomes).containsExactlyInAnyOrder("[a]", "[a, b]", "[a, b, c]");
    }

    @Test
    void open_endsTheIncarnationBefore() {
        MemoryDisk disk = new MemoryDisk();
        Disk before = disk.open(time);
        Answer<Void> inFlight = new Answer<>();
        Answer<Void> late = new Answer<>();
        before.write("log", 0, new byte[1], inFlight);

        disk.open(time);
        before.write("late", 0, new byte[1], late);
        time.advance(Duration.ofSeconds(1));

        assertThat(inFlight.ended()).isFalse();
        assertThat(late.ended()).isFalse();
        assertThat(disk.files()).doesNotContain("late");
    }

    @Test
    void powerLoss_keepsWhatWasSynced() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log", "synced");
            sync(port, "log");
            disk.powerLoss();
            return text(disk, "log");
        });

        assertThat(outcomes).containsExactly("synced");
    }

    @Test
    void powerLoss_keepsLosesOrTearsEachUnsyncedSector() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log", "o".repeat(1_024));
            sync(port, "log");
            write(port, "log", "n".repeat(1_024));
            disk.powerLoss();
            String left = text(disk, "log");
            assertThat(left).hasSize(1_024);
            return fate(left.substring(0, 512)) + " " + fate(left.substring(512));
        });

        assertThat(outcomes)
                .containsExactlyInAnyOrder(
                        "kept kept",
                        "kept lost",
                        "kept torn",
                        "lost kept",
                        "lost lost",
                        "lost torn",
                        "torn kept",
                        "torn lost",
                        "torn torn");
    }

    @Test
    void powerLoss_touchesNoSyncedNeighbour() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log", "o".repeat(1_536));
            sync(port, "log");
            port.write("log", 600, "n".getBytes(US_ASCII), new Answer<>());
            time.runUntilIdle();
            disk.powerLoss();
            String left = text(disk, "log");
            return left.substring(0, 600) + "?" + left.substring(601);
        });

        assertThat(outcomes).containsExactly("o".repeat(600) + "?" + "o".repeat(935));
    }

    @Test
    void powerLoss_keepsAnyLengthBetweenTheSyncedAndTheWritten() {
        Set<Integer> lengths = new TreeSet<>();
        outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log", "o".repeat(10));
            sync(port, "log");
            port.write("log", 10, "nnnnn".getBytes(US_ASCII), new Answer<>());
            time.runUntilIdle();
            disk.powerLoss();
            lengths.add(disk.bytes("log").length);
            assertThat(text(disk, "log")).startsWith("o".repeat(10));
            return "";
        });

        assertThat(lengths).containsExactly(10, 11, 12, 13, 14, 15);
    }

    @Test
    void powerLoss_mayBringBackWhatWasCut() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log", "o".repeat(1_024));
            sync(port, "log");
            port.truncate("log", 0, new Answer<>());
            time.runUntilIdle();
            assertThat(disk.bytes("log")).isEmpty();
            disk.powerLoss();
            return disk.bytes("log").length == 1_024
                    ? text(disk, "log")
                    : disk.bytes("log").length == 0 ? "cut" : "part";
        });

        assertThat(outcomes).containsExactlyInAnyOrder("cut", "part", "o".repeat(1_024));
    }

    @Test
    void powerLoss_losesAnUnsyncedNameByCoin_howeverSyncedItsBytes() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log", "synced");
            port.sync("log", new Answer<>());
            time.runUntilIdle();
            disk.powerLoss();
            return disk.files().isEmpty() ? "gone" : text(disk, "log");
        });

        assertThat(outcomes).containsExactlyInAnyOrder("gone", "synced");
    }

    @Test
    void powerLoss_afterARenameThatWasNotSynced_leavesTheOldOrTheNew() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "snapshot", "old");
            write(port, "snapshot.new", "new");
            sync(port, "snapshot");
            sync(port, "snapshot.new");
            port.rename("snapshot.new", "snapshot", new Answer<>());
            time.runUntilIdle();
            disk.powerLoss();
            return disk.files() + " " + text(disk, "snapshot");
        });

        assertThat(outcomes).containsExactlyInAnyOrder("[snapshot, snapshot.new] old", "[snapshot] new");
    }

    @Test
    void powerLoss_afterAnUnsyncedDelete_mayBringTheFileBack() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log", "synced");
            sync(port, "log");
            port.delete("log", new Answer<>());
            time.runUntilIdle();
            disk.powerLoss();
            return disk.files().isEmpty() ? "gone" : text(disk, "log");
        });

        assertThat(outcomes).containsExactlyInAnyOrder("gone", "synced");
    }

    @Test
    void syncDirectory_keepsNamesOfItsOwnDirectoryOnly() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log/1", "x");
            write(port, "snapshot/1", "x");
            port.syncDirectory("log", new Answer<>());
            time.runUntilIdle();
            disk.powerLoss();
            return disk.files().toString();
        });

        assertThat(outcomes).containsExactlyInAnyOrder("[log/1]", "[log/1, snapshot/1]");
    }

    @Test
    void syncDirectory_ofARenamesTarget_keepsTheRenameWhole() {
        Set<String> outcomes = outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "new/1", "x");
            write(port, "snapshot/0", "x");
            port.rename("new/1", "snapshot/1", new Answer<>());
            port.syncDirectory("snapshot", new Answer<>());
            time.runUntilIdle();
            disk.powerLoss();
            return disk.files().toString();
        });

        assertThat(outcomes).containsExactly("[snapshot/0, snapshot/1]");
    }

    @Test
    void powerLoss_makesWhatIsLeftDurable() {
        outcomes(disk -> {
            Disk port = disk.open(time);
            write(port, "log", "o".repeat(2_000));
            disk.powerLoss();
            if (!disk.files().isEmpty()) {
                byte[] left = disk.bytes("log");
                assertThat(disk.syncedBytes("log")).isEqualTo(left);
                disk.powerLoss();
                assertThat(disk.bytes("log")).isEqualTo(left);
            }
            return "";
        });
    }

    @Test
    void syncedBytes_areTheSyncedOnes() {
        MemoryDisk disk = new MemoryDisk();
        Disk port = disk.open(time);
        write(port, "log", "old!");
        sync(port, "log");
        write(port, "log", "newer");

        assertThat(disk.syncedBytes("log")).isEqualTo("old!".getBytes(US_ASCII));
        assertThat(text(disk, "log")).isEqualTo("newer");
    }

    private static Set<String> outcomes(Function<MemoryDisk, String> run) {
        Set<String> outcomes = new TreeSet<>();
        for (int coin = 0; coin < COINS; coin++) {
            outcomes.add(run.apply(new MemoryDisk(new SeededRng(coin).stream("disk"))));
        }
        return outcomes;
    }

    private static String fate(String sector) {
        if (sector.equals("n".repeat(512))) {
            return "kept";
        }
        return sector.equals("o".repeat(512)) ? "lost" : "torn";
    }

    private void write(Disk port, String file, String text) {
        Answer<Void> answer = new Answer<>();
        port.write(file, 0, text.getBytes(US_ASCII), answer);
        time.runUntilIdle();
        assertThat(answer.summary()).isEqualTo("done");
    }

    /** The bytes and the name. */
    private void sync(Disk port, String file) {
        Answer<Void> answer = new Answer<>();
        port.sync(file, new Answer<>());
        port.syncDirectory("", answer);
        time.runUntilIdle();
        assertThat(answer.summary()).isEqualTo("done");
    }

    private static String text(MemoryDisk disk, String file) {
        return new String(disk.bytes(file), US_ASCII);
    }
}
