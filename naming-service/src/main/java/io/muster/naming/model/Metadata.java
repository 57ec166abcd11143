package io.muster.naming.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Immutable text pairs, sorted by key: one order on every node, for lists, codecs and digests alike. A bare array,
 * since a registry holds a million of them; the empty one is shared.
 */
public final class Metadata {

    public static final Metadata EMPTY = new Metadata(new String[0]);

    /** Keys at even places, ascending, each followed by its value. */
    private final String[] pairs;

    private Metadata(String[] pairs) {
        this.pairs = pairs;
    }

    /**
     * @throws IllegalArgumentException beyond the bounds of {@link Limits}
     */
    public static Metadata of(Map<String, String> map) {
        if (map.isEmpty()) {
            return EMPTY;
        }
        if (map.size() > Limits.METADATA_ENTRIES_MAX) {
            throw new IllegalArgumentException(
                    "metadata has " + map.size() + " entries, at most " + Limits.METADATA_ENTRIES_MAX + " are allowed");
        }
        int bytes = 0;
        for (Map.Entry<String, String> entry : map.entrySet()) {
            bytes += checked("key", entry.getKey(), entry.getKey(), Limits.METADATA_KEY_BYTES_MAX);
            bytes += checked("value", entry.getKey(), entry.getValue(), Limits.METADATA_VALUE_BYTES_MAX);
        }
        if (bytes > Limits.METADATA_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "metadata has " + bytes + " bytes, at most " + Limits.METADATA_BYTES_MAX + " are allowed");
        }
        return unchecked(map);
    }

    private static Metadata unchecked(Map<String, String> map) {
        if (map.isEmpty()) {
            return EMPTY;
        }
        String[] pairs = new String[2 * map.size()];
        int at = 0;
        for (Map.Entry<String, String> entry : new TreeMap<>(map).entrySet()) {
            pairs[at++] = entry.getKey();
            pairs[at++] = entry.getValue();
        }
        return new Metadata(pairs);
    }

    private static int checked(String what, String key, String text, int bytesMax) {
        int bytes = Limits.wellFormed("metadata " + what, text).getBytes(StandardCharsets.UTF_8).length;
        if (bytes > bytesMax) {
            String shown = key.length() > 64 ? key.substring(0, 64) + "…" : key;
            throw new IllegalArgumentException("metadata " + what + " of '" + shown + "' has " + bytes
                    + " bytes, at most " + bytesMax + " are allowed");
        }
        return bytes;
    }

    public int size() {
        return pairs.length / 2;
    }

    public boolean isEmpty() {
        return pairs.length == 0;
    }

    public Optional<String> get(String key) {
        int low = 0;
        int high = size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = pairs[2 * middle].compareTo(key);
            if (order == 0) {
                return Optional.of(pairs[2 * middle + 1]);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    /** In key order. */
    public void forEach(BiConsumer<? super String, ? super String> visitor) {
        for (int i = 0; i < pairs.length; i += 2) {
            visitor.accept(pairs[i], pairs[i + 1]);
        }
    }

    /** A copy to change or to encode, in key order. */
    public Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        forEach(map::put);
        return map;
    }

    /**
     * These pairs and others, which win, as one map to store.
     *
     * @throws IllegalArgumentException if together they are beyond the bounds of {@link Limits}
     */
    public Metadata with(Metadata put) {
        return put.isEmpty() || isEmpty() ? under(put) : of(under(put).toMap());
    }

    /**
     * These pairs with others laid over them, to show. Never refused, whatever the two are: each was within the bounds
     * when it came, so together they are at most twice as large.
     */
    public Metadata under(Metadata over) {
        if (over.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return over;
        }
        Map<String, String> map = toMap();
        over.forEach(map::put);
        return unchecked(map);
    }

    /** These pairs but for some keys. */
    public Metadata without(Collection<String> keys) {
        if (isEmpty() || keys.isEmpty()) {
            return this;
        }
        Map<String, String> map = toMap();
        keys.forEach(map::remove);
        return unchecked(map);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Metadata that && Arrays.equals(pairs, that.pairs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(pairs);
    }

    @Override
    public String toString() {
        return toMap().toString();
    }
}
