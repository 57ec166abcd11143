package io.muster.naming.check.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowTest {

    @Test
    void says_isTheMajorityOfTheLastResults() {
        Random random = new Random(5);
        for (int times : new int[] {1, 2, 3, 7, Window.TIMES_MAX}) {
            Window window = new Window();
            List<Boolean> all = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                if (random.nextInt(90) == 0) {
                    window.clear();
                    all.clear();
                }
                boolean passed = random.nextBoolean();
                window.add(passed);
                all.add(passed);
                List<Boolean> latest = all.subList(Math.max(0, all.size() - (2 * times - 1)), all.size());
                long passes = latest.stream().filter(Boolean::booleanValue).count();
                assertThat(window.says(true, times)).isEqualTo(passes >= times);
                assertThat(window.says(false, times)).isEqualTo(latest.size() - passes >= times);
            }
        }
    }
}
