package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetadataTest {

    private static final List<String> KEYS = List.of("a", "b", "c", "d", "e");

    @Test
    void pairs_areInKeyOrderWhateverTheMap() {
        Map<String, String> map = new HashMap<>(Map.of("z", "1", "a", "2", "m", "3"));

        assertThat(Metadata.of(map).toMap().keySet()).containsExactly("a", "m", "z");
        assertThat(Metadata.of(map)).isEqualTo(Metadata.of(new TreeMap<>(map)));
    }

    @Test
    void get_findsExactlyWhatIsThere() {
        Metadata metadata = Metadata.of(Map.of("b", "1", "d", "2"));

        assertThat(metadata.get("b")).contains("1");
        assertThat(metadata.get("d")).contains("2");
        assertThat(metadata.get("a")).isEmpty();
        assertThat(metadata.get("c")).isEmpty();
        assertThat(Metadata.EMPTY.get("a")).isEmpty();
    }

    @Test
    void of_beyondTheBounds_isRefusedWithTheKey() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Metadata.of(Map.of("long", "x".repeat(Limits.METADATA_VALUE_BYTES_MAX + 1))))
                .withMessageContaining("'long'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Metadata.of(Map.of("k".repeat(Limits.METADATA_KEY_BYTES_MAX + 1), "x")));
        // Bytes count, not characters.
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Metadata.of(Map.of("k", "ü".repeat(Limits.METADATA_VALUE_BYTES_MAX / 2 + 1))));
    }

    /** It has no UTF-8 form: a log entry with it could be written, and never read again. */
    @Test
    void of_halfASurrogatePair_isRefused() {
        for (String half : List.of("\ud800", "a\udc00", "\udc00\ud800", "\ud83d\ud83d\ude00")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Metadata.of(Map.of(half, "x")))
                    .withMessageContaining("metadata key holds half a surrogate pair");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Metadata.of(Map.of("k", half)))
                    .withMessageContaining("metadata value");
        }
        assertThat(Metadata.of(Map.of("k", "\ud83d\ude00")).get("k")).contains("\ud83d\ude00");
    }

    @Test
    void of_tooManyOrTooMuch_isRefused() {
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i <= Limits.METADATA_ENTRIES_MAX; i++) {
            many.put("k" + i, "");
        }
        Map<String, String> much = new HashMap<>();
        for (int i = 0; i < 17; i++) {
            much.put("k" + i, "x".repeat(Limits.METADATA_VALUE_BYTES_MAX));
        }

        assertThatIllegalArgumentException().isThrownBy(() -> Metadata.of(many)).withMessageContaining("entries");
        assertThatIllegalArgumentException().isThrownBy(() -> Metadata.of(much)).withMessageContaining("bytes");
    }

    /** An overlay is built edit by edit; read back it must do what the edits did one after the other. */
    @Test
    void edits_laidTogether_doWhatTheyDoOneAfterTheOther() {
        Random random = new Random(11);
        for (int i = 0; i < 5_000; i++) {
            Metadata start = some(random);
            MetadataEdit first = edit(random);
            MetadataEdit second = edit(random);

            assertThat(first.then(second).applyTo(start))
                    .as("%s, then %s on %s", first, second, start)
                    .isEqualTo(second.applyTo(first.applyTo(start)));
        }
    }

    private static MetadataEdit edit(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> MetadataEdit.replace(some(random));
            case 1 -> MetadataEdit.put(some(random));
            default -> MetadataEdit.remove(keys(random));
        };
    }

    private static Metadata some(Random random) {
        Map<String, String> map = new HashMap<>();
        keys(random).forEach(key -> map.put(key, "" + random.nextInt(3)));
        return Metadata.of(map);
    }

    private static List<String> keys(Random random) {
        List<String> keys = new ArrayList<>(KEYS);
        keys.removeIf(key -> random.nextBoolean());
        return keys;
    }
}
