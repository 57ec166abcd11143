package io.muster.raft.storage;

import static io.muster.raft.storage.StoredLog.FIRST_SEGMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.muster.member.NodeId;
import io.muster.raft.DamagedDataException;
import io.muster.raft.SmallDirectory;
import io.muster.sim.MemoryDisk;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a start makes of what is on disk (R13, IR14): opens right, cuts a torn tail, or refuses with file and offset. */
class RecoveryTest {

    private static final List<String> ALL = List.of("1:a", "2:b", "3:c", "4:d", "5:e");

    private final MemoryDisk disk = new MemoryDisk();
    private final StoredLog log = new StoredLog(disk);

    /** Three batches. The mark names the end of the second if {@code lastMarked} is false, as after a kill just before the third mark. */
    private MemoryDisk threeBatches(boolean lastMarked) {
        log.open();
        log.append("a", "b").append("c");
        byte[] markOfSecond = mark();
        log.append("d", "e");
        log.kill();
        if (!lastMarked) {
            setMark(markOfSecond);
        }
        return disk;
    }

    private byte[] mark() {
        return Arrays.copyOfRange(disk.bytes(FIRST_SEGMENT), 512, 1536);
    }

    private void setMark(byte[] mark) {
        byte[] bytes = disk.bytes(FIRST_SEGMENT);
        System.arraycopy(mark, 0, bytes, 512, mark.length);
        disk.put(FIRST_SEGMENT, bytes);
    }

    private static int endOf(MemoryDisk disk) {
        byte[] bytes = disk.bytes(FIRST_SEGMENT);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static int syncedEnd(MemoryDisk disk) {
        return SyncMark.newest(disk.bytes(FIRST_SEGMENT), Checksum.CRC32C)
                .orElseThrow()
                .syncedEnd();
    }

    private static void cutWithZeros(MemoryDisk disk, int length) {
        byte[] bytes = disk.bytes(FIRST_SEGMENT);
        Arrays.fill(bytes, length, bytes.length, (byte) 0);
        disk.put(FIRST_SEGMENT, bytes);
    }

    @Test
    void emptyDirectory_isAFreshLog() {
        Recovered recovered = log.open();

        assertThat(recovered.log().lastIndex()).isZero();
        assertThat(recovered.hardState().term()).isZero();
        assertThat(recovered.warnings()).isEmpty();
    }

    @Test
    void wholeLog_isRestored() {
        threeBatches(true);

        Recovered recovered = log.open();

        assertThat(log.replayed().texts()).isEqualTo(ALL);
        assertThat(recovered.log().lastIndex()).isEqualTo(5);
        assertThat(recovered.tornBytes()).isZero();
        assertThat(recovered.entriesRestored()).isEqualTo(5);
        assertThat(log.replayed().committed).as("as the last batch said").isEqualTo(3);
    }

    @Test
    void vote_isRestored() {
        log.open();
        log.append("a").vote(9, new NodeId(3, 3));
        log.kill();

        Recovered recovered = log.open();

        assertThat(recovered.hardState().term()).isEqualTo(9);
        assertThat(recovered.hardState().votedFor()).contains(new NodeId(3, 3));
    }

    /** An entry whose index is not above the last replaces the rest, as the write did. */
    @Test
    void replacedEntries_stayReplaced() {
        log.open();
        log.append("a").append("b", "c");
        log.appendAt(2, "B");
        log.kill();

        log.open();

        assertThat(log.replayed().texts()).containsExactly("1:a", "2:B");
    }

    /** Every prefix of the unsynced tail opens: the torn batch is cut at its first unsound record, and the log goes on from there. */
    @Test
    void everyCutInTheUnsyncedTail_opensAndGoesOn() {
        MemoryDisk whole = threeBatches(false);
        int end = endOf(whole);
        int syncedEnd = syncedEnd(whole);
        assertThat(syncedEnd).isLessThan(end);

        for (int length = syncedEnd; length <= end; length++) {
            MemoryDisk cut = whole.copy();
            cutWithZeros(cut, length);
            opensAndGoesOn(cut, "zeros from " + length);

            MemoryDisk shorter = whole.copy();
            shorter.truncateTo(FIRST_SEGMENT, length);
            opensAndGoesOn(shorter, "shorter file of " + length);
        }
    }

    private static void opensAndGoesOn(MemoryDisk cut, String how) {
        StoredLog opened = new StoredLog(cut);
        opened.open();

        List<String> left = opened.replayed().texts();
        assertThat(ALL).as(how).startsWith(left.toArray(String[]::new));
        assertThat(left).as(how).hasSizeGreaterThanOrEqualTo(3);
        opened.append("more");
        opened.kill();
        opened.open();
        assertThat(opened.replayed().texts()).as(how).hasSize(left.size() + 1);
    }

    /** Every cut before the synced end is refused, at an offset that is not behind the cut. */
    @Test
    void everyCutBeforeTheSyncedEnd_isRefusedWithTheOffset() {
        MemoryDisk whole = threeBatches(true);
        int syncedEnd = syncedEnd(whole);

        for (int length = SegmentHeader.BYTES; length < syncedEnd; length++) {
            MemoryDisk cut = whole.copy();
            cutWithZeros(cut, length);
            int firstLost = Arrays.mismatch(cut.bytes(FIRST_SEGMENT), whole.bytes(FIRST_SEGMENT));
            DamagedDataException damage = refusal(cut);
            assertThat(damage.file()).isEqualTo(FIRST_SEGMENT);
            assertThat(damage.offset()).isBetween((long) SegmentHeader.BYTES, (long) firstLost);
        }
    }

    /** A file that was made shorter, by whatever: before the synced end something is lost. */
    @Test
    void fileShorterThanTheSyncedEnd_isRefused() {
        MemoryDisk whole = threeBatches(true);

        for (int length = 0; length < syncedEnd(whole); length += length < 4096 ? 511 : 1) {
            MemoryDisk cut = whole.copy();
            cut.truncateTo(FIRST_SEGMENT, length);
            assertThat(refusal(cut).file()).as("length %d", length).isEqualTo(FIRST_SEGMENT);
        }
    }

    /** Every flipped bit before the synced end is refused with file and offset, or lies where nothing is stored. */
    @Test
    void everyFlippedByteBeforeTheSyncedEnd_isRefusedWithTheOffset() {
        MemoryDisk whole = threeBatches(true);
        int syncedEnd = syncedEnd(whole);

        for (int offset = 0; offset < syncedEnd; offset++) {
            MemoryDisk flipped = whole.copy();
            flipped.flipBit(FIRST_SEGMENT, offset, offset % 8);
            boolean inHeader = offset < SegmentHeader.CONTENT_BYTES + Integer.BYTES;
            boolean inRecords = offset >= SegmentHeader.BYTES;
            if (inHeader || inRecords) {
                DamagedDataException damage = refusal(flipped);
                assertThat(damage.file()).isEqualTo(FIRST_SEGMENT);
                assertThat(damage.offset()).as("flip at %d", offset).isLessThanOrEqualTo(offset);
                assertThat(damage).hasMessageContaining("offset " + damage.offset());
            } else {
                StoredLog opened = new StoredLog(flipped);
                opened.open();
                assertThat(opened.replayed().texts()).as("flip at %d", offset).isEqualTo(ALL);
            }
        }
    }

    @Test
    void everyFlippedByteBehindTheSyncedEnd_isCut() {
        MemoryDisk whole = threeBatches(false);
        int end = endOf(whole);

        for (int offset = syncedEnd(whole); offset < end; offset++) {
            MemoryDisk flipped = whole.copy();
            flipped.flipBit(FIRST_SEGMENT, offset, offset % 8);
            StoredLog opened = new StoredLog(flipped);
            Recovered recovered = opened.open();

            assertThat(recovered.tornBytes()).as("flip at %d", offset).isPositive();
            assertThat(recovered.warnings()).singleElement().asString().contains("cut off");
            assertThat(opened.replayed().texts().subList(0, 3)).isEqualTo(ALL.subList(0, 3));
        }
    }

    /** What a torn write left behind a bad record is never taken for part of what is written later. */
    @Test
    void soundRecordsBehindATornOne_stayDead() {
        threeBatches(false);
        int firstOfTail = syncedEnd(disk);
        disk.flipBit(FIRST_SEGMENT, firstOfTail, 0);
        log.open();
        log.append("d");
        log.kill();

        log.open();

        assertThat(log.replayed().texts()).containsExactly("1:a", "2:b", "3:c", "4:d");
    }

    /** The planted bug M26: without its checksums the log takes rot for data, so the tests above can fail. */
    @Test
    void withoutChecksums_aFlippedBitIsNotRefused() {
        threeBatches(true);
        int inLastValue = endOf(disk) - 1;
        disk.flipBit(FIRST_SEGMENT, inLastValue, 1);
        Checksum blind = new Checksum() {
            @Override
            public int of(byte[] bytes, int offset, int length) {
                return Checksum.CRC32C.of(bytes, offset, length);
            }

            @Override
            public boolean matches(int stored, byte[] bytes, int offset, int length) {
                return true;
            }
        };
        StoredLog careless = new StoredLog(disk, SmallDirectory.ofBytes(2 << 20), StoredLog.NODE, blind);

        MemoryDisk sighted = disk.copy();
        careless.open();

        assertThat(careless.replayed().texts()).contains("5:g").doesNotContain("5:e");
        assertThat(refusal(sighted).offset()).isLessThan(inLastValue);
    }

    @Test
    void refusal_changesNothingOnDisk() {
        threeBatches(true);
        disk.flipBit(FIRST_SEGMENT, SegmentHeader.BYTES + 20, 0);
        byte[] before = disk.bytes(FIRST_SEGMENT);
        List<String> files = disk.files();

        refusal(disk);

        assertThat(disk.bytes(FIRST_SEGMENT)).isEqualTo(before);
        assertThat(disk.files()).isEqualTo(files);
    }

    @Test
    void logOfAnotherNode_isRefused() {
        threeBatches(true);
        StoredLog stranger = new StoredLog(disk, SmallDirectory.ofBytes(2 << 20), new NodeId(8, 8), Checksum.CRC32C);

        assertThatThrownBy(stranger::open)
                .isInstanceOf(DamagedDataException.class)
                .hasMessageContaining("belongs to node " + StoredLog.NODE)
                .hasMessageContaining("this is node " + new NodeId(8, 8));
    }

    /** Written, not synced, and then the process died: the bytes may be in the page cache only, so recovery writes and syncs them again. */
    @Test
    void unsyncedTail_isMadeDurableBeforeItIsReliedOn() {
        log.open();
        log.append("a");
        disk.failSync(file -> file.equals(FIRST_SEGMENT));
        log.appending(2, "b");
        log.clock().runUntilIdle();
        assertThat(log.failures()).hasSize(1);
        log.kill();
        disk.heal();

        log.open();
        List<String> seen = log.replayed().texts();
        log.kill();
        disk.powerLoss(new Random(1));
        log.open();

        assertThat(log.replayed().texts()).isEqualTo(seen);
    }

    private static DamagedDataException refusal(MemoryDisk disk) {
        StoredLog opened = new StoredLog(disk);
        DamagedDataException damage = catchThrowableOfType(DamagedDataException.class, opened::open);
        assertThat(damage).as("it opened with %s", opened.replayed().texts()).isNotNull();
        return damage;
    }
}
