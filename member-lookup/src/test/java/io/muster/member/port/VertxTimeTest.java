package io.muster.member.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VertxTimeTest {

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final VertxTime time = new VertxTime(context);

    /** What ran, in order; {@code elsewhere} where it ran outside the context. */
    private final List<String> ran = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void execute_runsOnTheContext_inOrder() {
        List<String> expected =
                IntStream.range(0, 100).mapToObj(Integer::toString).toList();

        expected.forEach(name -> time.execute(note(name)));

        await().untilAsserted(() -> assertThat(ran).isEqualTo(expected));
    }

    @Test
    void execute_neverRunsInsideTheCall() {
        time.execute(() -> {
            time.execute(note("inner"));
            note("outer").run();
        });

        await().untilAsserted(() -> assertThat(ran).containsExactly("outer", "inner"));
    }

    @Test
    void after_runsNotBeforeTheDelayIsOver() {
        for (long delayNanos : new long[] {1, 999_999, 1_000_001, 20_000_000}) {
            time.execute(() -> {
                long begun = time.monoNanos();
                time.after(Duration.ofNanos(delayNanos), () -> {
                    note(time.monoNanos() - begun >= delayNanos ? "in time" : "early")
                            .run();
                });
            });
        }

        await().untilAsserted(() -> assertThat(ran).hasSize(4).containsOnly("in time"));
    }

    @Test
    void after_zero_takesTheNextTurn() {
        time.execute(() -> {
            time.after(Duration.ZERO, note("timer"));
            note("first").run();
        });

        await().untilAsserted(() -> assertThat(ran).containsExactly("first", "timer"));
    }

    @Test
    void after_calledElsewhere_stillRunsOnTheContext() {
        time.after(Duration.ofMillis(1), note("timer"));

        await().untilAsserted(() -> assertThat(ran).containsExactly("timer"));
    }

    @Test
    void cancel_keepsTheTaskFromRunning() {
        time.execute(() -> {
            Time.Timer turn = time.after(Duration.ZERO, note("cancelled"));
            Time.Timer timer = time.after(Duration.ofMillis(1), note("cancelled"));
            turn.cancel();
            timer.cancel();
            timer.cancel();
            time.after(Duration.ofMillis(5), note("last"));
        });

        await().untilAsserted(() -> assertThat(ran).containsExactly("last"));
    }

    @Test
    void delay_negative_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> time.after(Duration.ofNanos(-1), note("never")));
    }

    @Test
    void delay_beyondTheEndOfTime_canBeCancelled() {
        time.execute(() -> {
            time.after(Duration.ofSeconds(Long.MAX_VALUE), note("never")).cancel();
            note("done").run();
        });

        await().untilAsserted(() -> assertThat(ran).containsExactly("done"));
    }

    private Runnable note(String name) {
        return () -> ran.add(Vertx.currentContext() == context ? name : name + " elsewhere");
    }
}
