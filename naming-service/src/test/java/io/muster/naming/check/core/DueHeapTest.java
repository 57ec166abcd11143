package io.muster.naming.check.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DueHeapTest {

    private static final class Item extends Due {}

    @Test
    void theEarliestIsFirst_whateverIsAddedAndTakenOut() {
        Random random = new Random(11);
        DueHeap<Item> heap = new DueHeap<>();
        List<Item> dumb = new ArrayList<>();
        long base = Long.MAX_VALUE - 500;
        for (int i = 0; i < 20_000; i++) {
            if (dumb.isEmpty() || random.nextInt(5) < 3) {
                Item item = new Item();
                item.dueNanos = base + random.nextInt(1_000);
                heap.add(item);
                dumb.add(item);
            } else {
                Item out = dumb.remove(random.nextInt(dumb.size()));
                heap.remove(out);
                heap.remove(out);
            }
            assertThat(heap.size()).isEqualTo(dumb.size());
            long now = base + random.nextInt(1_000);
            long earliest =
                    dumb.stream().mapToLong(item -> item.dueNanos - base).min().orElse(Long.MAX_VALUE);
            if (i % 50 == 0) {
                assertThat(heap.dueBy(now).map(item -> item.dueNanos - base))
                        .isEqualTo(earliest <= now - base ? Optional.of(earliest) : Optional.empty());
            }
        }
    }

    @Test
    void twice_isRefused() {
        DueHeap<Item> heap = new DueHeap<>();
        Item item = new Item();
        heap.add(item);
        assertThatThrownBy(() -> heap.add(item)).isInstanceOf(IllegalStateException.class);
    }
}
