package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** X14: time in which the process stood still does not count for leases. */
class LeaseClockTest {

    private static final long SECOND = 1_000_000_000L;

    private final LeaseClock clock = new LeaseClock(SECOND, -5);

    @Test
    void step_smallGaps_count() {
        for (long now = -5; now < 100 * SECOND; now += SECOND) {
            assertThat(clock.step(now)).isZero();
        }
        assertThat(clock.at(100 * SECOND)).isEqualTo(100 * SECOND);
    }

    @Test
    void step_aLongGap_doesNotCount() {
        clock.step(10 * SECOND - 5);
        assertThat(clock.at(10 * SECOND - 5)).isEqualTo(-5);
        clock.step(11 * SECOND - 5);
        assertThat(clock.step(71 * SECOND - 5)).isEqualTo(60 * SECOND);
        assertThat(clock.at(71 * SECOND - 5)).isEqualTo(SECOND - 5);
    }

    @Test
    void at_inAPauseThatIsNotKnownYet_runsAheadByNoMoreThanTheLimit() {
        clock.step(10 * SECOND - 5);
        long before = clock.at(10 * SECOND - 5);
        assertThat(clock.at(10 * SECOND + SECOND / 2 - 5)).isEqualTo(before + SECOND / 2);
        assertThat(clock.at(70 * SECOND)).isEqualTo(before + SECOND);
        clock.step(70 * SECOND);
        assertThat(clock.at(70 * SECOND)).as("the pause did not count").isEqualTo(before);
    }

    @Test
    void begin_forgetsTheTimeBefore() {
        clock.begin(50 * SECOND);
        assertThat(clock.step(50 * SECOND + 1)).isZero();
    }

    @Test
    void step_timeThatGoesBack_isABrokenDuty() {
        clock.step(SECOND);
        assertThatThrownBy(() -> clock.step(0)).isInstanceOf(IllegalStateException.class);
    }
}
