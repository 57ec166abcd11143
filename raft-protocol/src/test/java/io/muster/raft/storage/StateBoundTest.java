package io.muster.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import io.muster.raft.RaftConfig;
import io.muster.sim.MemoryDisk;
import io.muster.sim.NodeTime;
import io.muster.sim.VirtualTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** X20: two snapshots of the largest state that is let in, and the log, fit below the bound of the directory, however large that is. */
class StateBoundTest {

    private static final int SEGMENTS = 8;

    /** Frames and heads, as measured: each chunk of 64 KiB bears 13 bytes of its own, each snapshot a head. */
    private static final int OVERHEAD_PART = 64;

    @ParameterizedTest
    @ValueSource(longs = {256L << 20, 4L << 30, 64L << 30, 4L << 40})
    void largestState_fitsTwice(long bound) {
        RaftConfig config = RaftConfig.defaults().withDataDirMaxBytes(bound);
        NodeTime time = new VirtualTime(0).node();
        RaftStorage storage = new RaftStorage(
                config, new NodeId(0, 1), new MemoryDisk().open(time), time, () -> 0, null, Checksum.CRC32C);
        long largest = storage.stateBytesMax();
        long snapshot = largest + largest / OVERHEAD_PART;

        assertThat(2 * snapshot + (long) SEGMENTS * config.segmentBytes()).isBetween(bound / 10 * 9, bound);
    }
}
