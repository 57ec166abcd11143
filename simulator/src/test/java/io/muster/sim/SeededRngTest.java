package io.muster.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeededRngTest {

    private final SeededRng rng = new SeededRng(42);

    @Test
    void stream_isAFunctionOfSeedAndName() {
        long drawn = rng.stream("election-timeout").nextLong();

        assertThat(new SeededRng(42).stream("election-timeout").nextLong()).isEqualTo(drawn);
        assertThat(new SeededRng(43).stream("election-timeout").nextLong()).isNotEqualTo(drawn);
        assertThat(rng.stream("node-id").nextLong()).isNotEqualTo(drawn);
    }

    @Test
    void stream_isNotShiftedByTheDrawsOfAnother() {
        long undisturbed = new SeededRng(42).stream("b").nextLong();
        rng.stream("a").nextBytes(new byte[1_000]);

        assertThat(rng.stream("b").nextLong()).isEqualTo(undisturbed);
    }

    @Test
    void seedsNearToOneAnother_drawIndependently() {
        long heads = LongStream.range(0, 1_000)
                .filter(seed -> new SeededRng(seed).stream("coin").nextBoolean())
                .count();

        assertThat(heads).isBetween(400L, 600L);
    }

    @Test
    void child_isATreeOfItsOwn() {
        assertThat(rng.child("n1").seed())
                .isEqualTo(new SeededRng(42).child("n1").seed())
                .isNotEqualTo(rng.child("n2").seed())
                .isNotEqualTo(rng.child("n1").child("n1").seed())
                .isNotEqualTo(rng.seed());
    }

    /** A seed that is written down must mean the same on every JDK and in every later version of this kit. */
    @Test
    void algorithm_staysTheSame() {
        assertThat(rng.stream("election-timeout").nextLong()).isEqualTo(3_779_416_532_818_765_752L);
    }
}
