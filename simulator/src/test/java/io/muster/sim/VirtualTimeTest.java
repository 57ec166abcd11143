package io.muster.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime(1_000_000);
    private final List<String> ran = new ArrayList<>();

    @Test
    void advance_runsWhatFallsDue_inOrderOfTime_theLastInstantIncluded() {
        time.after(Duration.ofMillis(1_001), note("too late"));
        time.after(SECOND, note("at the end"));
        time.after(Duration.ofMillis(10), note("early"));

        time.advance(SECOND);

        assertThat(ran).containsExactly("early", "at the end");
        assertThat(time.monoNanos()).isEqualTo(SECOND.toNanos());
    }

    @Test
    void task_seesItsExactTime() {
        time.after(Duration.ofNanos(1_234_567), () -> ran.add(time.monoNanos() + " " + time.wallMillis()));

        time.advance(SECOND);

        assertThat(ran).containsExactly("1234567 1000001");
    }

    @Test
    void sameInstant_keepsTheOrderOfAsking() {
        time.after(SECOND, note("1"));
        time.after(SECOND, note("2"));
        time.after(SECOND, note("3"));

        time.advance(SECOND);

        assertThat(ran).containsExactly("1", "2", "3");
    }

    @Test
    void timerSetByATask_runsInTheSameAdvance() {
        time.after(Duration.ofMillis(400), () -> time.after(Duration.ofMillis(600), note("second")));

        time.advance(SECOND);

        assertThat(ran).containsExactly("second");
    }

    @Test
    void periodicTimer_runsOnceAPeriod() {
        new Object() {
            void tick() {
                ran.add("tick " + time.monoNanos() / 1_000_000);
                time.after(Duration.ofMillis(300), this::tick);
            }
        }.tick();

        time.advance(SECOND);

        assertThat(ran).containsExactly("tick 0", "tick 300", "tick 600", "tick 900");
    }

    @Test
    void execute_neverRunsInsideTheCall_andKeepsOrder() {
        time.execute(() -> {
            time.execute(note("inner"));
            ran.add("outer");
        });
        time.execute(note("second"));
        assertThat(ran).isEmpty();

        time.runUntilIdle();

        assertThat(ran).containsExactly("outer", "second", "inner");
        assertThat(time.monoNanos()).isZero();
    }

    @Test
    void runUntilIdle_leavesTimers() {
        time.after(Duration.ofNanos(1), note("timer"));
        time.after(Duration.ZERO, note("now"));

        time.runUntilIdle();

        assertThat(ran).containsExactly("now");
    }

    @Test
    void runNext_goesToTheNextEvent() {
        time.after(SECOND, note("later"));
        time.after(Duration.ofMillis(1), note("sooner"));

        assertThat(time.runNext()).isTrue();
        assertThat(ran).containsExactly("sooner");
        assertThat(time.monoNanos()).isEqualTo(1_000_000);
        assertThat(time.runNext()).isTrue();
        assertThat(time.runNext()).isFalse();
    }

    @Test
    void runUntil_stopsAtTheCondition() {
        time.after(Duration.ofMillis(1), note("1"));
        time.after(Duration.ofMillis(2), note("2"));

        time.runUntil(() -> ran.contains("1"), SECOND);

        assertThat(ran).containsExactly("1");
        assertThat(time.monoNanos()).isEqualTo(1_000_000);
    }

    @Test
    void runUntil_pastTheBound_fails() {
        time.after(SECOND.plusNanos(1), note("too late"));

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> time.runUntil(() -> !ran.isEmpty(), SECOND))
                .withMessageContaining("not met within PT1S");
        assertThat(ran).isEmpty();
    }

    @Test
    void runUntil_withNothingLeft_fails() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> time.runUntil(() -> false, SECOND))
                .withMessageContaining("nothing is left");
    }

    @Test
    void cancel_beforeTheTime() {
        Time.Timer timer = time.after(SECOND, note("cancelled"));
        timer.cancel();
        timer.cancel();

        time.advance(SECOND);

        assertThat(ran).isEmpty();
        assertThat(time.pendingEvents()).isZero();
    }

    @Test
    void cancel_inTheSameInstant() {
        Time.Timer[] second = new Time.Timer[1];
        time.after(SECOND, () -> second[0].cancel());
        second[0] = time.after(SECOND, note("cancelled"));

        time.advance(SECOND);

        assertThat(ran).isEmpty();
    }

    @Test
    void cancel_afterItRan_doesNothing() {
        Time.Timer timer = time.after(SECOND, note("ran"));
        time.advance(SECOND);
        timer.cancel();

        assertThat(ran).containsExactly("ran");
    }

    @Test
    void delay_negative_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> time.after(Duration.ofNanos(-1), note("never")));
    }

    @Test
    void delay_beyondTheEndOfTime_meansNever() {
        time.advance(SECOND);
        time.after(Duration.ofSeconds(Long.MAX_VALUE), note("never"));

        time.advance(Duration.ofDays(10_000));

        assertThat(ran).isEmpty();
    }

    @Test
    void standStill_letsTimersRunLate() {
        time.after(SECOND, () -> ran.add("at " + time.monoNanos() / 1_000_000));

        time.standStill(Duration.ofSeconds(30));
        assertThat(ran).isEmpty();
        time.runUntilIdle();

        assertThat(ran).containsExactly("at 30000");
    }

    @Test
    void jumpWall_leavesMonotonicTimeAndTimers() {
        time.after(SECOND, note("timer"));

        time.jumpWall(Duration.ofDays(-3650));
        assertThat(time.wallMillis())
                .isEqualTo(1_000_000 - Duration.ofDays(3650).toMillis());
        assertThat(time.monoNanos()).isZero();
        time.advance(SECOND);

        assertThat(ran).containsExactly("timer");
    }

    @Test
    void jumpWall_ofOneNode_isItsOwn() {
        NodeTime skewed = time.node("a");
        NodeTime right = time.node("b");

        skewed.jumpWall(Duration.ofSeconds(60));

        assertThat(skewed.wallMillis() - right.wallMillis()).isEqualTo(60_000);
        assertThat(skewed.monoNanos()).isEqualTo(right.monoNanos());
    }

    @Test
    void kill_dropsWhatTheIncarnationHadBeforeIt() {
        NodeTime dying = time.node("a");
        NodeTime other = time.node("b");
        dying.execute(note("dying"));
        dying.after(SECOND, note("dying"));
        other.after(SECOND, note("other"));

        dying.kill();
        dying.execute(note("dead"));
        dying.after(Duration.ZERO, note("dead")).cancel();
        time.advance(SECOND);

        assertThat(ran).containsExactly("other");
        assertThat(dying.killed()).isTrue();
    }

    @Test
    void kill_byItsOwnTask() {
        NodeTime dying = time.node();
        dying.execute(() -> {
            dying.execute(note("dead"));
            dying.kill();
        });
        dying.execute(note("dead"));

        time.advance(SECOND);

        assertThat(ran).isEmpty();
        assertThat(time.pendingEvents()).isZero();
    }

    @Test
    void exception_reachesTheTest_andTheRestStillRuns() {
        time.execute(() -> {
            throw new IllegalStateException("broken invariant");
        });
        time.execute(note("next"));

        assertThatThrownBy(time::runUntilIdle).hasMessage("broken invariant");
        time.runUntilIdle();

        assertThat(ran).containsExactly("next");
    }

    @Test
    void task_mayNotLetTimePass() {
        time.execute(() -> time.advance(SECOND));
        time.after(Duration.ofMillis(1), note("inner"));

        assertThatIllegalStateException().isThrownBy(time::runUntilIdle);
    }

    @Test
    void otherThread_isRefused() {
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> time.execute(note("other")));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(other::get)
                .withCauseInstanceOf(IllegalStateException.class);
    }

    /** Invariant {@code EventBudget}. */
    @Test
    void livelock_exceedsTheEventBudget() {
        time.eventBudget(1_000);
        new Object() {
            void again() {
                ran.add("again");
                time.execute(this::again);
            }
        }.again();

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(time::runUntilIdle)
                .withMessageContaining("EventBudget");
        assertThat(ran).hasSize(1_001);
    }

    @Test
    void eventBudget_isForEachMinute() {
        time.eventBudget(100);
        for (int i = 0; i < 1_000; i++) {
            time.after(Duration.ofSeconds(i), note("tick"));
        }

        time.advance(Duration.ofHours(1));

        assertThat(ran).hasSize(1_000);
    }

    /** Invariant IX1, {@code Deterministic}. */
    @Test
    void shuffling_isAFunctionOfTheSeed() {
        assertThat(shuffled(1)).isEqualTo(shuffled(1)).isNotEqualTo(shuffled(2)).isNotEqualTo(inOrder());
        assertThat(shuffled(1)).containsExactlyInAnyOrderElementsOf(inOrder());
    }

    @Test
    void shuffling_keepsTheOrderOfExecuteWithinANode() {
        VirtualTime shuffling = VirtualTime.shuffling(0, 7);
        NodeTime a = shuffling.node("a");
        NodeTime b = shuffling.node("b");
        for (int i = 0; i < 10; i++) {
            a.execute(note("a" + i));
            b.execute(note("b" + i));
        }

        shuffling.runUntilIdle();

        assertThat(ran.stream().filter(name -> name.startsWith("a"))).isSorted();
        assertThat(ran.stream().filter(name -> name.startsWith("b"))).isSorted();
        assertThat(ran.subList(0, 10).stream().filter(name -> name.startsWith("a")))
                .hasSizeBetween(1, 9);
    }

    @Test
    void trace_tellsRunsApart() {
        VirtualTime same = new VirtualTime(0);
        VirtualTime other = new VirtualTime(0);
        time.after(SECOND, note("1"));
        same.after(SECOND, note("1"));
        other.after(SECOND.plusNanos(1), note("1"));

        List.of(time, same, other).forEach(clock -> clock.advance(Duration.ofMinutes(1)));

        assertThat(time.trace().value())
                .isEqualTo(same.trace().value())
                .isNotEqualTo(other.trace().value());
    }

    private static List<String> shuffled(long seed) {
        VirtualTime shuffling = VirtualTime.shuffling(0, seed);
        List<String> order = new ArrayList<>();
        inOrder().forEach(name -> shuffling.after(SECOND, () -> order.add(name)));
        shuffling.advance(SECOND);
        return order;
    }

    private static List<String> inOrder() {
        return IntStream.range(0, 20).mapToObj(Integer::toString).toList();
    }

    private Runnable note(String name) {
        return () -> ran.add(name);
    }
}
