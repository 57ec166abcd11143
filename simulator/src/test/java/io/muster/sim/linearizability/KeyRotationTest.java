package io.muster.sim.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyRotationTest {

    @Test
    void take_replacesAKeyThatIsUsedUp() {
        KeyRotation keys = new KeyRotation("r", 2, 2);

        assertThat(keys.take(0)).isEqualTo("r0.0");
        assertThat(keys.take(0)).isEqualTo("r0.0");
        assertThat(keys.take(1)).isEqualTo("r1.0");
        assertThat(keys.current()).containsExactly("r0.1", "r1.0");
        assertThat(keys.take(0)).isEqualTo("r0.1");
    }

    @Test
    void take_givesNoKeyMoreOperationsThanACheckCanTake() {
        KeyRotation keys = new KeyRotation("r", 3);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            counts.merge(keys.take(i % keys.slots()), 1, Integer::sum);
        }

        assertThat(counts.values()).allMatch(count -> count <= KeyRotation.OPERATIONS_PER_KEY_MAX);
        assertThat(counts).hasSize(12);
    }
}
