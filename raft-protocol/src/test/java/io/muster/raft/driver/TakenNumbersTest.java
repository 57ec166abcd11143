package io.muster.raft.driver;

import static io.muster.raft.driver.TakenNumbers.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.raft.wire.ForwardMessage.Reason;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each number is taken once; and of none that may have been taken is it said that it was not (R17). */
class TakenNumbersTest {

    private final TakenNumbers numbers = new TakenNumbers();

    @Test
    void numbersMayComeInAnyOrder_andEachIsTakenOnce() {
        Random random = new Random(3);
        Set<Long> taken = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            long number = 1L + random.nextInt(10_000);
            assertThat(numbers.mayBeTaken(number)).isEqualTo(!taken.add(number));
            if (!numbers.mayBeTaken(number)) {
                numbers.take(number);
            }
        }
    }

    @Test
    void numberBelowTheWindow_mayBeTaken_andItsRefusalIsForgotten() {
        numbers.take(1);
        numbers.refused(1, Reason.OVERLOADED);
        numbers.take(WINDOW);
        assertThat(numbers.refusal(1)).contains(Reason.OVERLOADED);
        assertThat(numbers.mayBeTaken(2)).isFalse();

        numbers.take(WINDOW + 2);
        assertThat(numbers.mayBeTaken(2)).isTrue();
        assertThat(numbers.refusal(1)).isEmpty();
        numbers.refused(1, Reason.OVERLOADED);
        assertThat(numbers.mayBeTaken(WINDOW + 1)).isFalse();
        assertThat(numbers.refusal(WINDOW + 1)).isEmpty();
    }

    /** The places of the window are used again; what was in them before must not show. */
    @Test
    void windowThatMovesOn_forgetsWhatItPasses() {
        for (long number = 1; number <= WINDOW; number++) {
            numbers.take(number);
        }
        numbers.take(10L * WINDOW);
        for (long number = 9L * WINDOW + 1; number < 10L * WINDOW; number++) {
            assertThat(numbers.mayBeTaken(number)).isFalse();
        }
        assertThat(numbers.mayBeTaken(9L * WINDOW)).isTrue();
    }

    @Test
    void everyReasonIsRemembered() {
        for (Reason reason : Reason.values()) {
            long number = reason.code();
            numbers.take(number);
            assertThat(numbers.refusal(number)).isEmpty();
            numbers.refused(number, reason);
            assertThat(numbers.refusal(number)).contains(reason);
            assertThat(numbers.mayBeTaken(number)).isTrue();
        }
    }
}
