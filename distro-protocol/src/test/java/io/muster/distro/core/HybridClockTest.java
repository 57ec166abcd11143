package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Design §5, "Versions". */
class HybridClockTest {

    private static final Origin HERE = new Origin(1, 2, 3);
    private static final Origin THERE = new Origin(9, 9, 9);
    private static final long WALL = 1_800_000_000_000L;
    private static final long MILLI = 1_000_000;

    private final HybridClock clock = new HybridClock(HERE, WALL, 500);

    @Test
    void next_bearsTheWallMillisecondsOfTheSeedPlusMonotonicTime() {
        assertThat(clock.next(500 + 7 * MILLI)).isEqualTo(new Version.Hybrid((WALL + 7) << 16, HERE));
    }

    @Test
    void next_withinOneMillisecond_countsUp_andCarriesWhenTheCounterIsFull() {
        Version.Hybrid last = clock.next(500);
        for (int i = 0; i < 70_000; i++) {
            Version.Hybrid next = clock.next(500);
            assertThat(next).isGreaterThan(last);
            last = next;
        }
        assertThat(last.clock() >>> 16).isEqualTo(WALL + 1);
    }

    @Test
    void next_afterAnObservedStamp_isGreater_evenWhenThatIsFarAhead() {
        Version.Hybrid ahead = new Version.Hybrid((WALL + 60_000) << 16, THERE);
        clock.observe(ahead, 500);
        assertThat(clock.next(500)).isGreaterThan(ahead);
    }

    @Test
    void observe_anOldStamp_doesNotSetTheClockBack() {
        Version.Hybrid before = clock.next(500 + 1_000 * MILLI);
        clock.observe(new Version.Hybrid(1, THERE), 500);
        assertThat(clock.next(500 + 1_000 * MILLI)).isGreaterThan(before);
    }

    @Test
    void next_always_exceedsAllDrawnAndObservedBefore() {
        Random random = new Random(42);
        long now = 500;
        Version.Hybrid greatest = clock.next(now);
        for (int i = 0; i < 10_000; i++) {
            now += random.nextInt(3) * MILLI / 2;
            if (random.nextBoolean()) {
                Version.Hybrid seen = new Version.Hybrid((WALL << 16) + random.nextInt(Integer.MAX_VALUE), THERE);
                clock.observe(seen, now);
                greatest = seen.compareTo(greatest) > 0 ? seen : greatest;
            }
            Version.Hybrid drawn = clock.next(now);
            assertThat(drawn).isGreaterThan(greatest);
            greatest = drawn;
        }
    }
}
