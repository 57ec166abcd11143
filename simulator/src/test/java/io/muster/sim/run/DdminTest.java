package io.muster.sim.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DdminTest {

    private final List<Integer> hundred = IntStream.range(0, 100).boxed().toList();

    @Test
    void minimize_findsTheElementsThatMatter_inOrder() {
        AtomicInteger asked = new AtomicInteger();

        List<Integer> left = Ddmin.minimize(hundred, some -> {
            asked.incrementAndGet();
            return some.containsAll(List.of(3, 50, 97));
        });

        assertThat(left).containsExactly(3, 50, 97);
        assertThat(asked.get()).isLessThan(200);
    }

    @Test
    void minimize_toNothing_whenNothingMatters() {
        assertThat(Ddmin.minimize(hundred, some -> true)).isEmpty();
    }

    @Test
    void minimize_keepsAll_whenAllMatter() {
        assertThat(Ddmin.minimize(hundred, some -> some.size() == 100)).isEqualTo(hundred);
    }

    @Test
    void minimize_isMinimal_forFailuresThatNeedACount() {
        assertThat(Ddmin.minimize(hundred, some -> some.size() >= 7)).hasSize(7);
    }
}
