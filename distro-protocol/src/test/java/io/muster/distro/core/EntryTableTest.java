package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Key;
import io.muster.consistency.Origin;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTableTest {

    private final EntryTable<String> table = new EntryTable<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 300, 20_000})
    void behavesLikeAMap(int ids) {
        Random random = new Random(ids);
        Map<String, Entry<String>> map = new TreeMap<>();
        for (int step = 0; step < 40_000; step++) {
            String id = "10.0.0." + random.nextInt(ids) + "#8080";
            Entry<String> entry = entry(id);
            if (random.nextInt(3) > 0) {
                table.put(entry);
                map.put(id, entry);
            } else if (map.containsKey(id)) {
                table.remove(map.remove(id));
            } else {
                table.remove(entry);
            }
            assertThat(table.find(id)).isSameAs(map.get(id));
            assertThat(table.size()).isEqualTo(map.size());
        }
        List<Entry<String>> walked = new ArrayList<>();
        table.forEach(walked::add);
        assertThat(walked).containsExactlyInAnyOrderElementsOf(map.values());
        map.forEach((id, entry) -> assertThat(table.find(id)).isSameAs(entry));
    }

    @Test
    void remove_anEntryThatWasReplaced_keepsItsSuccessor() {
        Entry<String> former = entry("a");
        Entry<String> successor = entry("a");
        table.put(former);
        table.put(successor);
        table.remove(former);
        assertThat(table.find("a")).isSameAs(successor);
    }

    /** What stays put is found by a reader at every moment, whatever the writer does around it. */
    @Test
    void find_whileTheWriterAddsAndRemoves_neverMissesWhatStays() throws InterruptedException {
        List<Entry<String>> staying = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            staying.add(entry("stays-" + i));
            table.put(staying.get(i));
        }
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<String> missed = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            while (!done.get()) {
                for (Entry<String> entry : staying) {
                    if (table.find(entry.key().id()) != entry) {
                        missed.set(entry.key().id());
                    }
                }
            }
        });
        reader.start();
        Random random = new Random(1);
        for (int i = 0; i < 300_000; i++) {
            Entry<String> passing = entry("passes-" + random.nextInt(500));
            Entry<String> standing = table.find(passing.key().id());
            if (standing == null) {
                table.put(passing);
            } else {
                table.remove(standing);
            }
        }
        done.set(true);
        reader.join();
        assertThat(missed).hasNullValue();
    }

    private static Entry<String> entry(String id) {
        return new Tombstone<>(
                Key.ephemeral("g", id), new Version.Hybrid(1, new Origin(0, 0, 0)), Removal.CLIENT, 0, false);
    }
}
