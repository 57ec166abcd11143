package io.muster.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.muster.member.NodeId;
import io.muster.raft.DamagedDataException;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.sim.DiskOperation;
import io.muster.sim.MemoryDisk;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches, segments, the reserve, and what happens when there is no room. */
class SegmentedLogTest {

    /** Three of these fill a segment of 64 KiB. */
    private static final String LARGE = "x".repeat(16_000);

    private final MemoryDisk disk = new MemoryDisk();
    private final StoredLog log = new StoredLog(disk);

    @BeforeEach
    void open() {
        log.open();
    }

    private List<String> trace() {
        return disk.trace().stream().map(DiskOperation::toString).toList();
    }

    /** Design §4: one write, one sync, and the mark behind the sync, without a sync of its own. */
    @Test
    void batch_isOneWriteAndOneSync_thenTheMark() {
        log.append("a");
        disk.clearTrace();

        log.append("b", "c", "d");

        String segment = StorageFiles.segment(1);
        assertThat(trace()).containsExactly("write " + segment, "sync " + segment, "write " + segment);
        assertThat(disk.trace().get(2).offset()).as("of the mark").isIn(512L, 1024L);
    }

    /** A segment's name is durable before anything in it is relied on. */
    @Test
    void nextSegment_isTheReserve_renamedAndItsNameSynced() {
        log.append(LARGE).append(LARGE).append(LARGE);
        disk.clearTrace();

        log.append(LARGE);

        String segment = StorageFiles.segment(2);
        assertThat(trace())
                .startsWith(
                        "rename raft/log-reserve -> " + segment,
                        "syncDirectory raft",
                        "write " + segment,
                        "sync " + segment)
                .endsWith("allocate raft/log-reserve", "sync raft/log-reserve", "syncDirectory raft");
    }

    @Test
    void manySegments_areReadBackInOrder() {
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            log.append("e" + i, LARGE);
            expected.add((2 * i - 1) + ":e" + i);
        }
        log.kill();

        log.open();

        assertThat(log.replayed().texts()).hasSize(40).containsAll(expected);
        assertThat(disk.files()).filteredOn(file -> file.endsWith(".seg")).hasSizeGreaterThan(5);
    }

    /** Sealed segments hold only what was durable: every flip in one is damage, with the offset. */
    @Test
    void flippedBytesInASealedSegment_areRefused() {
        for (int i = 0; i < 6; i++) {
            log.append(LARGE);
        }
        log.kill();
        String sealed = StorageFiles.segment(1);
        for (int offset = SegmentHeader.BYTES; offset < 50_000; offset += 61) {
            MemoryDisk flipped = disk.copy();
            flipped.flipBit(sealed, offset, 3);
            StoredLog opened = new StoredLog(flipped);
            int at = offset;
            assertThat(catchThrowable(opened::open)).isInstanceOfSatisfying(DamagedDataException.class, damage -> {
                assertThat(damage.file()).isEqualTo(sealed);
                assertThat(damage.offset()).isLessThanOrEqualTo(at);
            });
        }
    }

    @Test
    void missingSegment_isRefused() {
        for (int i = 0; i < 12; i++) {
            log.append(LARGE);
        }
        log.kill();
        MemoryDisk holed = new MemoryDisk();
        disk.files().stream()
                .filter(file -> !file.equals(StorageFiles.segment(2)))
                .forEach(file -> holed.put(file, disk.bytes(file)));

        assertThat(catchThrowable(() -> new StoredLog(holed).open()))
                .isInstanceOf(DamagedDataException.class)
                .hasMessageContaining("are missing");
    }

    @Test
    void entries_areReadByIndex_acrossSegmentsAndAsLongAsTheyFit() {
        for (int i = 1; i <= 9; i++) {
            log.append("e" + i, LARGE);
        }
        RaftStorage storage = log.storage();

        assertThat(indices(log.await(storage.read(1, 3, 100_000)))).containsExactly(1L, 2L);
        assertThat(indices(log.await(storage.read(2, 19, 1)))).containsExactly(2L);
        List<LogEntry> all = new ArrayList<>();
        while (all.size() < 18) {
            all.addAll(log.await(storage.read(all.size() + 1L, 19, 30_000)));
        }
        assertThat(indices(all)).isSorted().hasSize(18);
        assertThat(storage.holds(18)).isTrue();
        assertThat(storage.holds(19)).isFalse();
    }

    private static List<Long> indices(List<LogEntry> entries) {
        return entries.stream().map(LogEntry::index).toList();
    }

    /** Design §4: writes are refused, and go on by themselves when there is room. */
    @Test
    void fullDisk_refusesEntries_andRecoversByItself() {
        fill();

        assertThat(log.storage().admission(20_000).kind()).isEqualTo(Admission.Kind.REFUSE);
        assertThat(log.storage().admission(20_000).reason()).contains("the disk is full");
        disk.heal();
        log.clock().advance(ReserveSegment.RETRY.plusMillis(1));

        assertThat(log.storage().admission(20_000)).isEqualTo(Admission.TAKE);
        log.append(LARGE);
        assertThat(log.failures()).isEmpty();
    }

    /** Design §4: a full disk can still store a vote. */
    @Test
    void fullDisk_stillTakesVotes() {
        fill();

        for (int term = 10; term < 110; term++) {
            log.vote(term, new NodeId(term, 0));
        }
        log.kill();
        Recovered recovered = log.open();

        assertThat(recovered.hardState().term()).isEqualTo(109);
        assertThat(recovered.hardState().votedFor()).contains(new NodeId(109, 0));
    }

    /** A batch that meets a full disk waits, and is stored when there is room; nothing of it is lost or doubled. */
    @Test
    void batchThatDoesNotFit_waitsForRoom() {
        fill();
        CompletableFuture<Void> waiting = log.appending(log.lastIndex() + 1, LARGE, LARGE);
        log.clock().advance(Duration.ofSeconds(5));
        assertThat(waiting).isNotDone();

        disk.heal();
        log.clock().advance(ReserveSegment.RETRY.plusMillis(1));

        assertThat(waiting).isCompleted();
        long last = log.lastIndex();
        log.kill();
        assertThat(log.open().log().lastIndex()).isEqualTo(last);
    }

    /** R32: an earlier build meets the later format at a segment's head, also if a full disk had no room for a segment where that format began. */
    @Test
    void segmentAfterALaterFormat_bearsIt_alsoAfterARestart() {
        fill();
        Payload later = new Payload.Members(StoredLog.GROUP.withFormat(2));
        long index = log.lastIndex() + 1;
        log.await(log.storing(new HardState(1, Optional.empty(), index), List.of(new LogEntry(index, 1, later))));
        assertThat(formatOf(newestSegment()))
                .as("there was no room for another")
                .isEqualTo(1);
        log.kill();
        disk.heal();

        log.open();
        String before = newestSegment();
        log.append(LARGE).append(LARGE).append(LARGE);

        assertThat(newestSegment()).isNotEqualTo(before);
        assertThat(formatOf(newestSegment())).isEqualTo(2);
    }

    private String newestSegment() {
        return disk.files().stream()
                .filter(file -> file.startsWith("raft/log-0"))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private int formatOf(String segment) {
        return ByteBuffer.wrap(disk.bytes(segment)).getInt(Long.BYTES);
    }

    /** Fills the open segment and the reserve while no more room can be had. */
    private void fill() {
        long used =
                disk.files().stream().mapToLong(file -> disk.bytes(file).length).sum();
        disk.quota(used);
        int batch = RaftStorage.entryBytes(LARGE.length());
        for (int i = 0; i < 20 && log.storage().admission(batch).kind() == Admission.Kind.TAKE; i++) {
            log.append(LARGE);
        }
        assertThat(log.storage().admission(batch).kind()).isEqualTo(Admission.Kind.REFUSE);
    }

    /** A write that fails half-way on a full disk is done again, whole. */
    @Test
    void shortWrite_isRepeatedAtTheSamePlace() {
        log.append("a");
        long used =
                disk.files().stream().mapToLong(file -> disk.bytes(file).length).sum();
        disk.truncateTo(StorageFiles.segment(1), 4_500);
        disk.quota(used - 65_536 + 4_600);
        CompletableFuture<Void> waiting = log.appending(2, "b".repeat(1_000));
        log.clock().advance(Duration.ofMillis(1));
        assertThat(waiting).isNotDone();
        assertThat(log.storage().admission(0).kind()).isEqualTo(Admission.Kind.REFUSE);
        assertThat(log.storage().admission(0).reason()).contains("the disk is full");

        disk.heal();
        log.clock().advance(ReserveSegment.RETRY.plusMillis(1));

        assertThat(waiting).isCompleted();
        assertThat(log.storage().admission(0)).isEqualTo(Admission.TAKE);
        assertThat(log.failures()).isEmpty();
    }

    @Test
    void oneBatchAtATime() {
        log.storing(new HardState(1, Optional.empty(), 0), List.of());

        assertThat(catchThrowable(() -> log.storing(new HardState(2, Optional.empty(), 0), List.of())))
                .isInstanceOf(IllegalStateException.class);
    }
}
