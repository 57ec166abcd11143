package io.muster.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EntryPositionsTest {

    /** Against a sorted map. */
    @Test
    void positions_areWhatTheDumbMapSays() {
        Random random = new Random(4);
        EntryPositions positions = new EntryPositions(1);
        TreeMap<Long, long[]> dumb = new TreeMap<>();
        long first = 1;
        for (int step = 0; step < 30_000; step++) {
            long end = first + dumb.size();
            int drawn = random.nextInt(100);
            if (drawn < 95) {
                long index = drawn < 90 || dumb.isEmpty() ? end : first + random.nextInt(dumb.size());
                long segment = random.nextInt(1 << 20);
                int offset = random.nextInt(64 << 20);
                positions.put(index, segment, offset);
                dumb.tailMap(index, true).clear();
                dumb.put(index, new long[] {segment, offset});
            } else if (drawn == 99) {
                long before = first + random.nextInt(dumb.size() + 1);
                positions.dropBefore(before);
                dumb.headMap(before, false).clear();
                first = before;
            }
            assertThat(positions.firstIndex()).isEqualTo(first);
            assertThat(positions.endIndex()).isEqualTo(first + dumb.size());
            if (!dumb.isEmpty()) {
                long some = first + random.nextInt(dumb.size());
                assertThat(positions.segmentOf(some)).isEqualTo(dumb.get(some)[0]);
                assertThat(positions.offsetOf(some)).isEqualTo((int) dumb.get(some)[1]);
            }
        }
    }

    @Test
    void unknownIndex_isRefused() {
        EntryPositions positions = new EntryPositions(10);
        assertThatThrownBy(() -> positions.offsetOf(10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> positions.put(12, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
