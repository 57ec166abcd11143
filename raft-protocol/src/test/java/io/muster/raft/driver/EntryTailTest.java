package io.muster.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EntryTailTest {

    /** Against a sorted map. */
    @Test
    void tail_isWhatTheDumbMapSays() {
        Random random = new Random(2);
        EntryTail tail = new EntryTail(1);
        TreeMap<Long, LogEntry> dumb = new TreeMap<>();
        long first = 1;
        for (int step = 0; step < 20_000; step++) {
            long end = first + dumb.size();
            if (random.nextInt(10) < 7) {
                long index = dumb.isEmpty() || random.nextInt(10) > 0 ? end : first + random.nextInt(dumb.size());
                LogEntry entry = new LogEntry(index, 1 + step, new Payload.Noop());
                tail.add(entry);
                dumb.tailMap(index, true).clear();
                dumb.put(index, entry);
            } else {
                long through = first - 1 + random.nextInt(dumb.size() + 1);
                tail.dropThrough(through);
                dumb.headMap(through, true).clear();
                first = through + 1;
            }
            assertThat(tail.endIndex()).isEqualTo(first + dumb.size());
            assertThat(tail.holds(first - 1)).isFalse();
            if (!dumb.isEmpty()) {
                long some = first + random.nextInt(dumb.size());
                assertThat(tail.get(some)).isEqualTo(dumb.get(some));
            }
        }
    }

    @Test
    void gap_isRefused() {
        EntryTail tail = new EntryTail(5);
        assertThatThrownBy(() -> tail.add(new LogEntry(6, 1, new Payload.Noop())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tail.get(5)).isInstanceOf(IllegalArgumentException.class);
    }
}
