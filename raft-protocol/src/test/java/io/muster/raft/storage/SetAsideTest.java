package io.muster.raft.storage;

import static io.muster.raft.storage.StoredLog.FIRST_SEGMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.DataSetAsideException;
import io.muster.raft.SmallDirectory;
import io.muster.sim.MemoryDisk;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** X20: what was set aside as damaged is within the bound of the directory, too. */
class SetAsideTest {

    private static final long BOUND = 2 << 20;
    private static final String LARGE = "x".repeat(20_000);

    private final MemoryDisk disk = new MemoryDisk();

    /** A member of a cluster whose log rots; the next node on the disk. */
    private StoredLog damaged(NodeId node, NodeId next) {
        StoredLog log = new StoredLog(disk, SmallDirectory.ofBytes(BOUND), node, Checksum.CRC32C);
        log.open();
        log.await(log.storage()
                .store(log.storage().belonging().in(new ClusterId(1, 2)).amongOthers(true)));
        log.append(LARGE, LARGE);
        log.kill();
        disk.flipBit(FIRST_SEGMENT, 5_000, 3);
        assertThatThrownBy(log::open).isInstanceOf(DataSetAsideException.class);
        return new StoredLog(disk, SmallDirectory.ofBytes(BOUND), next, Checksum.CRC32C);
    }

    private long keptOf(NodeId node) {
        return disk.files().stream()
                .filter(file -> file.startsWith("raft-set-aside-" + node + "/"))
                .mapToLong(file -> disk.bytes(file).length)
                .sum();
    }

    private long used() {
        return disk.files().stream().mapToLong(file -> disk.bytes(file).length).sum();
    }

    @Test
    void itCounts_andIsShown() {
        NodeId former = new NodeId(7, 7);
        StoredLog next = damaged(former, new NodeId(8, 8));

        assertThat(next.open().warnings()).anyMatch(warning -> warning.contains("raft-set-aside-" + former));

        assertThat(next.storage().setAsideBytes()).isEqualTo(keptOf(former)).isPositive();
        assertThat(next.storage().bytesOnDisk()).isEqualTo(used());
    }

    @Test
    void theLastOneIsKept() {
        NodeId first = new NodeId(7, 7);
        NodeId second = new NodeId(8, 8);
        damaged(first, second);
        StoredLog next = damaged(second, new NodeId(9, 9));
        next.open();

        assertThat(keptOf(first)).isZero();
        assertThat(keptOf(second)).isPositive();
    }

    /** What serves goes before what is kept for inspection. */
    @Test
    void itGoes_whenTheNodeNeedsTheRoom() {
        NodeId former = new NodeId(7, 7);
        StoredLog next = damaged(former, new NodeId(8, 8));
        next.open();
        for (int i = 0; i < 200 && keptOf(former) > 0; i++) {
            next.append(LARGE);
            assertThat(used()).isLessThanOrEqualTo(BOUND);
        }

        assertThat(keptOf(former)).isZero();
        assertThat(next.storage().setAsideBytes()).isZero();
        next.append(LARGE, LARGE);
        next.kill();
        assertThat(next.open().log().lastIndex()).isEqualTo(next.lastIndex());
    }

    /** A crash in the middle: the next start goes on, and says what the first one found. */
    @Test
    void theReasonIsKept_whenItWasInterrupted() {
        NodeId node = new NodeId(7, 7);
        String reason = "raft-set-aside-" + node + "/reason.txt";
        damaged(node, node);
        String found = new String(disk.bytes(reason), StandardCharsets.UTF_8);
        assertThat(found).contains(FIRST_SEGMENT.substring(FIRST_SEGMENT.indexOf('/') + 1));

        StoredLog again = new StoredLog(disk, SmallDirectory.ofBytes(BOUND), node, Checksum.CRC32C);
        assertThatThrownBy(again::open)
                .isInstanceOf(DataSetAsideException.class)
                .hasMessageContaining(found.strip());

        assertThat(new String(disk.bytes(reason), StandardCharsets.UTF_8)).isEqualTo(found);
    }
}
