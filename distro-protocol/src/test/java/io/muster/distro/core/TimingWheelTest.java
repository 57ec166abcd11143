package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Edges after those that Caffeine tests of its timer wheel: far away, across zero, near overflow, jumps, bounded work. */
class TimingWheelTest {

    private static final long TICK = TimingWheel.TICK_NANOS;
    private static final long SECOND = 1_000_000_000L;
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final class Alarm extends Timed {
        final int number;

        Alarm(int number) {
            this.number = number;
        }
    }

    private final List<Timed> fired = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, TICK - 1, 17 * SECOND, -3 * 3_600 * SECOND, Long.MIN_VALUE / 2, Long.MAX_VALUE / 2})
    void advance_firesNothingEarly_andAllLessThanATickLate(long start) {
        for (long delay :
                new long[] {1, TICK, 5 * SECOND, 8 * SECOND, 15 * SECOND, 30 * SECOND, 600 * SECOND, 7_200 * SECOND}) {
            TimingWheel wheel = new TimingWheel(start);
            Alarm alarm = new Alarm(0);
            wheel.schedule(alarm, start + delay);
            fired.clear();
            long now = start;
            while (fired.isEmpty() && now - start < delay + 3 * TICK) {
                now += TICK / 3;
                wheel.advance(now, UNBOUNDED, fired::add);
            }
            assertThat(now - start).as("delay %d from %d", delay, start).isBetween(delay, delay + TICK + TICK / 3);
        }
    }

    @Test
    void schedule_dueAlready_firesInTheNextTick() {
        TimingWheel wheel = new TimingWheel(10 * SECOND);
        wheel.schedule(new Alarm(0), 0);
        assertThat(wheel.advance(10 * SECOND, UNBOUNDED, fired::add)).isTrue();
        assertThat(fired).isEmpty();
        wheel.advance(10 * SECOND + TICK, UNBOUNDED, fired::add);
        assertThat(fired).hasSize(1);
    }

    @Test
    void schedule_beyondTheFarthestBucket_isNeitherLostNorEarly() {
        TimingWheel wheel = new TimingWheel(0);
        long threeDays = 3 * 86_400 * SECOND;
        wheel.schedule(new Alarm(0), threeDays);
        for (long now = 0; now < threeDays; now += 60 * SECOND) {
            wheel.advance(now, UNBOUNDED, fired::add);
        }
        assertThat(fired).isEmpty();
        wheel.advance(threeDays + TICK, UNBOUNDED, fired::add);
        assertThat(fired).hasSize(1);
    }

    @Test
    void schedule_atTheEndOfTime_doesNotOverflow() {
        TimingWheel wheel = new TimingWheel(0);
        wheel.schedule(new Alarm(0), Long.MAX_VALUE);
        wheel.advance(100 * 86_400 * SECOND, UNBOUNDED, fired::add);
        assertThat(fired).isEmpty();
    }

    @Test
    void schedule_again_movesIt() {
        TimingWheel wheel = new TimingWheel(0);
        Alarm alarm = new Alarm(0);
        wheel.schedule(alarm, SECOND);
        wheel.schedule(alarm, 20 * SECOND);
        wheel.advance(19 * SECOND, UNBOUNDED, fired::add);
        assertThat(fired).isEmpty();
        wheel.advance(21 * SECOND, UNBOUNDED, fired::add);
        assertThat(fired).containsExactly(alarm);
    }

    @Test
    void cancel_takesItOut_andMayBeRepeated() {
        TimingWheel wheel = new TimingWheel(0);
        Alarm cancelled = new Alarm(0);
        Alarm neighbour = new Alarm(1);
        wheel.schedule(cancelled, SECOND);
        wheel.schedule(neighbour, SECOND);
        wheel.cancel(cancelled);
        wheel.cancel(cancelled);
        wheel.advance(2 * SECOND, UNBOUNDED, fired::add);
        assertThat(fired).containsExactly(neighbour);
    }

    @Test
    void advance_timeGoesBack_isIgnored() {
        TimingWheel wheel = new TimingWheel(10 * SECOND);
        wheel.schedule(new Alarm(0), 12 * SECOND);
        wheel.advance(3 * SECOND, UNBOUNDED, fired::add);
        assertThat(fired).isEmpty();
        wheel.advance(13 * SECOND, UNBOUNDED, fired::add);
        assertThat(fired).hasSize(1);
    }

    @Test
    void advance_boundedWork_isFinishedByLaterCalls_andLosesNothing() {
        TimingWheel wheel = new TimingWheel(0);
        for (int i = 0; i < 1_000; i++) {
            wheel.schedule(new Alarm(i), 20 * SECOND);
        }
        int calls = 1;
        while (!wheel.advance(21 * SECOND, 64, fired::add)) {
            calls++;
            assertThat(fired.size()).as("touched in %d calls", calls).isLessThanOrEqualTo(64 * calls);
        }
        assertThat(fired).doesNotHaveDuplicates().hasSize(1_000);
    }

    @Test
    void advance_whatIsScheduledWhileWorkIsLeft_waitsForItsOwnTime() {
        TimingWheel wheel = new TimingWheel(0);
        for (int i = 0; i < 10; i++) {
            wheel.schedule(new Alarm(i), TICK);
        }
        assertThat(wheel.advance(TICK, 5, fired::add)).isFalse();
        Alarm oneRoundLater = new Alarm(99);
        wheel.schedule(oneRoundLater, 65 * TICK);
        while (!wheel.advance(TICK, 5, fired::add)) {}
        assertThat(fired).hasSize(10).doesNotContain(oneRoundLater);
        wheel.advance(65 * TICK, UNBOUNDED, fired::add);
        assertThat(fired).contains(oneRoundLater);
    }

    @Test
    void advance_handlerThatSchedulesAgain_doesNotLoop() {
        TimingWheel wheel = new TimingWheel(0);
        wheel.schedule(new Alarm(0), TICK);
        int[] count = {0};
        wheel.advance(10 * TICK, UNBOUNDED, timed -> {
            count[0]++;
            wheel.schedule(timed, 0);
        });
        assertThat(count[0]).as("once a tick").isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(longs = {3_600 * SECOND, 86_400 * SECOND, 10L * 365 * 86_400 * SECOND})
    void advance_overABigJump_firesWhatFellDueInIt_andKeepsTheRest(long jump) {
        TimingWheel wheel = new TimingWheel(0);
        Alarm within = new Alarm(1);
        Alarm beyond = new Alarm(2);
        wheel.schedule(within, jump - SECOND);
        wheel.schedule(beyond, jump + 30 * SECOND);
        assertThat(wheel.advance(jump, 1_000_000, fired::add)).isTrue();
        assertThat(fired).containsExactly(within);
        wheel.advance(jump + 31 * SECOND, UNBOUNDED, fired::add);
        assertThat(fired).containsExactly(within, beyond);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void behavesLikeASortedMap(long seed) {
        Random random = new Random(seed);
        long now = random.nextLong() >> 2;
        TimingWheel wheel = new TimingWheel(now);
        Alarm[] alarms = new Alarm[200];
        TreeMap<Integer, Long> due = new TreeMap<>();
        for (int i = 0; i < alarms.length; i++) {
            alarms[i] = new Alarm(i);
        }
        for (int step = 0; step < 3_000; step++) {
            int i = random.nextInt(alarms.length);
            if (random.nextInt(4) > 0) {
                long at = now + (long) (Math.exp(random.nextDouble() * 32) - 1);
                wheel.schedule(alarms[i], at);
                due.put(i, at);
            } else {
                wheel.cancel(alarms[i]);
                due.remove(i);
            }
            now += (long) (Math.exp(random.nextDouble() * 24) - 1);
            fired.clear();
            while (!wheel.advance(now, 1 + random.nextInt(500), fired::add)) {}
            long passed = now;
            for (Timed timed : fired) {
                Long at = due.remove(((Alarm) timed).number);
                assertThat(at).as("scheduled once, fired once").isNotNull();
                assertThat(passed).as("not early").isGreaterThanOrEqualTo(at);
            }
            due.values().forEach(at -> assertThat(passed - at).as("not late").isLessThan(2 * TICK));
        }
    }
}
