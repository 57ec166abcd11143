package io.muster.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.muster.member.port.DiskException;
import io.muster.raft.DamagedDataException;
import io.muster.raft.SmallDirectory;
import io.muster.sim.DiskOperation;
import io.muster.sim.MemoryDisk;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots on disk, and what they allow the log to forget (R20, X20). */
class SnapshotFilesTest {

    private static final String LARGE = "x".repeat(16_000);

    private final MemoryDisk disk = new MemoryDisk();
    private final StoredLog log = new StoredLog(disk);

    @BeforeEach
    void open() {
        log.open();
    }

    private List<String> snapshots() {
        return disk.files().stream().filter(file -> file.contains("snapshot")).toList();
    }

    private List<String> segments() {
        return disk.files().stream().filter(file -> file.endsWith(".seg")).toList();
    }

    private void fillSegments(int count) {
        for (int i = 0; i < 3 * count; i++) {
            log.append(LARGE);
        }
    }

    /** Invariant RecoveryFaithful: whole or not at all. */
    @Test
    void snapshot_isSyncedThenRenamedThenItsNameSynced() {
        log.append("a");
        disk.clearTrace();

        log.snapshot("one", "two");

        String temporary = "raft/snapshot.tmp";
        assertThat(disk.trace())
                .extracting(DiskOperation::toString)
                .containsExactly(
                        "delete " + temporary,
                        "write " + temporary,
                        "write " + temporary,
                        "write " + temporary,
                        "write " + temporary,
                        "sync " + temporary,
                        "rename " + temporary + " -> " + StorageFiles.snapshot(1),
                        "syncDirectory raft");
    }

    /** A slow receiver comes to the end of the snapshot that it has begun, however many are taken meanwhile; one that is gone keeps nothing. */
    @Test
    void snapshotThatIsBeingRead_isKept_andTheLogBehindIt() {
        log.append("a").snapshot("first");
        assertThat(log.await(log.storage().readSnapshot(1, 0, 10))).isPresent();
        for (int i = 0; i < 4; i++) {
            log.append("b").snapshot("later");
            assertThat(log.await(log.storage().readSnapshot(1, 10, 10))).isPresent();
        }
        assertThat(log.storage().holds(2)).isTrue();
        assertThat(snapshots()).hasSize(3);

        log.clock().advance(RaftStorage.KEPT_FOR_READERS);
        log.append("c").snapshot("last");
        assertThat(log.await(log.storage().readSnapshot(1, 20, 10))).isEmpty();
        assertThat(snapshots()).hasSize(2);
    }

    /** IL5: who is refused the end of it asks for its beginning again, and must not get the same damage for ever. */
    @Test
    void snapshotThatRotsOnDisk_isFoundOutWhenItIsBegunAgain_andReplacedByTheNext() {
        log.append("a").snapshot("state");
        int length = disk.bytes(StorageFiles.snapshot(1)).length;
        disk.flipBit(StorageFiles.snapshot(1), length / 2, 3);
        assertThat(log.await(log.storage().readSnapshot(1, 0, length - 1))).isPresent();
        assertThat(log.await(log.storage().readSnapshot(1, length - 1, length)))
                .hasValueSatisfying(piece -> assertThat(piece.last()).isTrue());

        assertThat(catchThrowable(() -> log.await(log.storage().readSnapshot(1, 0, length))))
                .isInstanceOf(DamagedDataException.class);
        assertThat(log.await(log.storage().readSnapshot(1, 0, length))).isEmpty();
        log.snapshot("state");

        assertThat(log.await(log.storage().readSnapshot(1, 0, length))).isPresent();
        assertThat(log.await(log.storage().readSnapshot(1, 0, length)))
                .as("sound")
                .isPresent();
        assertThat(log.failures()).isEmpty();
    }

    @Test
    void restart_loadsTheNewestAndTheEntriesBehindIt() {
        log.append("a", "b")
                .snapshot("old")
                .append("c")
                .snapshot("new", "state")
                .append("d");
        log.kill();

        Recovered recovered = log.open();

        assertThat(log.replayed().chunks).containsExactly("new", "state");
        assertThat(log.replayed().texts()).containsExactly("4:d");
        assertThat(recovered.snapshotIndex()).isEqualTo(OptionalLong.of(3));
        assertThat(recovered.log().firstIndex()).isEqualTo(4);
        assertThat(recovered.configurations().current()).contains(StoredLog.GROUP);
        assertThat(log.replayed().committed).isZero();
    }

    @Test
    void chunkLongerThanTheReadingWindow_isReadBack() {
        String huge = "h".repeat(2_500_000);
        StoredLog roomy = new StoredLog(disk, SmallDirectory.ofBytes(32 << 20), StoredLog.NODE, Checksum.CRC32C);
        roomy.open();
        roomy.append("a").snapshot("small", huge, "small");
        roomy.kill();

        roomy.open();

        assertThat(roomy.replayed().chunks).containsExactly("small", huge, "small");
    }

    @Test
    void twoAreKept_withTheLogBehindTheOlder() {
        fillSegments(2);
        log.snapshot("1");
        assertThat(segments())
                .as("one snapshot alone makes nothing superfluous")
                .hasSize(2);
        fillSegments(2);
        log.snapshot("2");
        fillSegments(2);
        log.snapshot("3");

        assertThat(snapshots()).hasSize(2);
        assertThat(segments()).doesNotContain(StorageFiles.segment(1), StorageFiles.segment(2));
        assertThat(log.storage().holds(12)).isFalse();
        assertThat(log.storage().holds(13)).as("behind the older snapshot").isTrue();
    }

    /** Every flipped byte in the newest snapshot: the older one and the log behind it hold everything. */
    @Test
    void damagedNewestSnapshot_isPassedOver() {
        log.append("a").snapshot("old").append("b").snapshot("new").append("c");
        log.kill();
        String newest = StorageFiles.snapshot(2);

        for (int offset = 0; offset < disk.bytes(newest).length; offset++) {
            MemoryDisk flipped = disk.copy();
            flipped.flipBit(newest, offset, offset % 8);
            StoredLog opened = new StoredLog(flipped);
            Recovered recovered = opened.open();

            assertThat(opened.replayed().chunks).containsExactly("old");
            assertThat(opened.replayed().texts()).containsExactly("2:b", "3:c");
            assertThat(recovered.warnings()).singleElement().asString().contains(newest);
            assertThat(flipped.files()).doesNotContain(newest);
        }
    }

    /** Where the log does not reach back, a damaged snapshot is a refusal. */
    @Test
    void damagedOnlySnapshot_isRefusedWithTheOffset() {
        fillSegments(2);
        log.snapshot("1");
        fillSegments(2);
        log.snapshot("2");
        fillSegments(2);
        log.kill();
        MemoryDisk flipped = disk.copy();
        for (String snapshot : snapshots()) {
            flipped.flipBit(snapshot, 30, 0);
        }

        assertThat(catchThrowable(() -> new StoredLog(flipped).open()))
                .isInstanceOfSatisfying(DamagedDataException.class, damage -> {
                    assertThat(damage.file())
                            .isEqualTo(snapshots().get(snapshots().size() - 1));
                    assertThat(damage.getMessage()).contains("offset " + damage.offset());
                });
    }

    @Test
    void everyCutOfTheOnlySnapshot_fallsBackOnTheWholeLog() {
        log.append("a", "b").snapshot("state");
        log.kill();
        String only = StorageFiles.snapshot(2);

        for (int length = 0; length < disk.bytes(only).length; length++) {
            MemoryDisk cut = disk.copy();
            cut.truncateTo(only, length);
            StoredLog opened = new StoredLog(cut);
            opened.open();
            assertThat(opened.replayed().texts()).containsExactly("1:a", "2:b");
            assertThat(opened.replayed().chunks).isEmpty();
        }
    }

    @Test
    void snapshotsWithoutALog_areRefused() {
        log.append("a").snapshot("state");
        log.kill();
        MemoryDisk without = new MemoryDisk();
        snapshots().forEach(file -> without.put(file, disk.bytes(file)));

        assertThat(catchThrowable(() -> new StoredLog(without).open()))
                .isInstanceOf(DamagedDataException.class)
                .hasMessageContaining("no log");
    }

    @Test
    void fullDisk_leavesNothingBehind() {
        log.append("a");
        long used =
                disk.files().stream().mapToLong(file -> disk.bytes(file).length).sum();
        disk.quota(used + 1_000);

        Throwable error = catchThrowable(() -> log.await(log.snapshotting("x".repeat(5_000))));
        log.clock().runUntilIdle();

        assertThat(error)
                .isInstanceOfSatisfying(
                        DiskException.class, full -> assertThat(full.kind()).isEqualTo(DiskException.Kind.FULL));
        assertThat(snapshots()).isEmpty();
        assertThat(log.failures()).isEmpty();
        log.append("b");
    }

    /** X20: when the bound gets tight, one snapshot and the log behind it is what is kept. */
    @Test
    void tightBound_keepsOneSnapshot_andAsksForTheNext() {
        log.stateBytes(300_000);
        String state = "s".repeat(300_000);
        fillSegments(2);
        log.snapshot(state);
        fillSegments(4);
        log.snapshot(state);
        for (int i = 0; i < 60 && log.boundsReached() == 0; i++) {
            log.append(LARGE);
        }

        assertThat(log.boundsReached()).isPositive();
        assertThat(snapshots()).hasSize(1);
        long used =
                disk.files().stream().mapToLong(file -> disk.bytes(file).length).sum();
        assertThat(used).isLessThanOrEqualTo(2 << 20).isEqualTo(log.storage().bytesOnDisk());
        log.snapshot(state);
        assertThat(log.storage().admission(20_000)).isEqualTo(Admission.TAKE);
    }

    /** A deletion that a loss of power undid in part leaves a gap, before what is needed: that is no damage. */
    @Test
    void staleSegmentsBeforeAGap_areRemoved() {
        fillSegments(2);
        log.snapshot("1");
        fillSegments(2);
        byte[] second = disk.bytes(StorageFiles.segment(1));
        log.snapshot("2");
        fillSegments(3);
        log.snapshot("3");
        log.kill();
        assertThat(segments()).doesNotContain(StorageFiles.segment(1), StorageFiles.segment(2));
        disk.put(StorageFiles.segment(1), second);

        log.open();

        assertThat(log.replayed().chunks).containsExactly("3");
        assertThat(segments()).doesNotContain(StorageFiles.segment(1));
    }
}
