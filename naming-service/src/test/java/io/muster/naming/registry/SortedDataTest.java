package io.muster.naming.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.RegistryRecord;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SortedDataTest {

    private static final Instance VALUE = Instance.ephemeral(new InstanceKey("10.0.0.1", 1, "DEFAULT"));

    /** The array against a map that is right by construction. */
    @Test
    void anySequence_behavesLikeASortedMap() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            SortedData data = new SortedData();
            TreeMap<String, Datum<RegistryRecord>> expected = new TreeMap<>();
            for (int step = 0; step < 300; step++) {
                String id = random.nextBoolean() ? "i/" + random.nextInt(60) : "o/" + random.nextInt(10);
                if (random.nextInt(3) > 0) {
                    Datum<RegistryRecord> datum = datum(id, step);
                    assertThat(data.put(datum)).isEqualTo(Optional.ofNullable(expected.put(id, datum)));
                } else {
                    assertThat(data.remove(id)).isEqualTo(Optional.ofNullable(expected.remove(id)));
                }
                assertThat(data.get(id)).isEqualTo(Optional.ofNullable(expected.get(id)));
            }
            assertThat(data.all()).isEqualTo(List.copyOf(expected.values()));
            assertThat(data.size()).isEqualTo(expected.size());
            assertThat(data.countWithPrefix("i/")).isEqualTo((int)
                    expected.keySet().stream().filter(id -> id.startsWith("i/")).count());
        }
    }

    private static Datum<RegistryRecord> datum(String id, int version) {
        return new Datum<>(Key.persistent("g", id), new Version.LogIndex(version), Mark.HEALTHY, VALUE);
    }
}
