package io.muster.naming.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R73, X22; nacos-v1-http.md §3.2 step 5. */
class ProtectionTest {

    @ParameterizedTest(name = "{0} of {1} healthy, threshold {2}: {3}")
    @CsvSource({
        // The default: only when none is healthy.
        "0, 1, 0, true",
        "0, 100, 0, true",
        "1, 100, 0, false",
        "1, 1, 0, false",
        // Nobody there: nothing to protect.
        "0, 0, 0, false",
        "0, 0, 1, false",
        // At the threshold it protects.
        "4, 5, 0.8, true",
        "1, 3, 0.3333333333333333, true",
        "1, 2, 0.5, true",
        "3, 5, 0.5, false",
        "2, 5, 0.5, true",
        // One: always.
        "5, 5, 1, true",
        // Off: never, not even when all are sick.
        "0, 5, -1, false",
        "5, 5, -1, false"
    })
    void applies_whenTooFewAreHealthy(int healthy, int total, double threshold, boolean protects) {
        assertThat(Protection.applies(healthy, total, threshold)).isEqualTo(protects);
    }
}
