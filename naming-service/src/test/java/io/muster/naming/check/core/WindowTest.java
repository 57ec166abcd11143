package io.muster.naming.check.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowTest {

    @Test
    void count_isOfTheLastResults() {
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
                window.add(passed, false);
                all.add(passed);
                List<Boolean> latest = all.subList(Math.max(0, all.size() - (2 * times - 1)), all.size());
                long passes = latest.stream().filter(Boolean::booleanValue).count();
                assertThat(window.count(true, times)).isEqualTo((int) passes);
                assertThat(window.count(false, times)).isEqualTo(latest.size() - (int) passes);
            }
        }
    }

    @Test
    void dropSilences_leavesTheOthersInTheirOrder() {
        Random random = new Random(9);
        for (int run = 0; run < 200; run++) {
            Window window = new Window();
            Window without = new Window();
            int results = random.nextInt(80);
            for (int i = 0; i < results; i++) {
                boolean silent = random.nextInt(3) == 0;
                boolean passed = !silent && random.nextBoolean();
                window.add(passed, silent);
                if (!silent) {
                    without.add(passed, false);
                }
            }
            window.dropSilences();
            assertThat(window.hasSilence()).isFalse();
            if (results <= Long.SIZE) {
                for (int times = 1; times <= Window.TIMES_MAX; times++) {
                    assertThat(window.count(true, times)).isEqualTo(without.count(true, times));
                    assertThat(window.count(false, times)).isEqualTo(without.count(false, times));
                }
            }
        }
    }
}
