package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A renewal meets the mark that is being set: either the core sees the renewal, or the renewal sees the mark and asks for revival ({@link
 * LeasedRecord}). Without that a live instance would be UNHEALTHY until its next beat.
 */
@Timeout(60)
class RenewalRaceTest {

    private static final int ROUNDS = 20_000;
    private static final String INSTANCE = "a";
    private static final Lease SHORT = new Lease(400, 100_000);

    private final CoreFixture node = new CoreFixture().loaded();
    private final CyclicBarrier barrier = new CyclicBarrier(2);
    private final ConcurrentLinkedQueue<Key> revivals = new ConcurrentLinkedQueue<>();
    private final AtomicLong renewAtNanos = new AtomicLong();
    private final AtomicReference<Throwable> fault = new AtomicReference<>();

    @Test
    void noRenewalIsLostBetweenSlotAndMark() throws Exception {
        node.register(INSTANCE, "v", SHORT);
        Thread client = new Thread(this::renewEachRound);
        client.start();
        for (int round = 0; round < ROUNDS; round++) {
            node.pass(400);
            renewAtNanos.set((node.nowMillis() + 100) * 1_000_000);
            barrier.await();
            node.pass(100);
            barrier.await();
            if (!revivals.isEmpty()) {
                node.feed(new Input.Renewed<>(List.copyOf(revivals)));
                revivals.clear();
            }
            assertThat(node.markOf(INSTANCE)).as("round %d", round).contains(Mark.HEALTHY);
        }
        client.join();
        assertThat(fault).hasValue(null);
    }

    private void renewEachRound() {
        try {
            for (int round = 0; round < ROUNDS; round++) {
                barrier.await();
                node.core.records().renew(CoreFixture.key(INSTANCE), renewAtNanos.get(), revivals::add);
                barrier.await();
            }
        } catch (Exception e) {
            fault.set(e);
        }
    }
}
