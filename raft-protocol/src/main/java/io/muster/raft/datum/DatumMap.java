package io.muster.raft.datum;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keys and their data, in key order. The engine's thread writes; any thread reads, without waiting. Each key changes in one step; a reader
 * beside a batch of several keys may see part of it, one that comes after its acknowledgement sees all.
 */
final class DatumMap<V> {

    /** The least id that a key can have, so that a group begins with it. */
    private static final String LEAST_ID = "\0";

    private final ConcurrentSkipListMap<Key, Datum<V>> data = new ConcurrentSkipListMap<>();

    Optional<Datum<V>> get(Key key) {
        return Optional.ofNullable(data.get(key));
    }

    List<Datum<V>> group(String group) {
        List<Datum<V>> found = new ArrayList<>();
        if (!canBeGroup(group)) {
            return found;
        }
        for (Datum<V> datum : data.tailMap(Key.persistent(group, LEAST_ID)).values()) {
            if (!datum.key().group().equals(group)) {
                break;
            }
            found.add(datum);
        }
        return found;
    }

    /** Those whose group begins with the prefix. */
    void forEachInGroups(String prefix, Consumer<Datum<V>> visitor) {
        if (prefix.isEmpty()) {
            data.values().forEach(visitor);
            return;
        }
        if (!canBeGroup(prefix)) {
            return;
        }
        for (Datum<V> datum : data.tailMap(Key.persistent(prefix, LEAST_ID)).values()) {
            if (!datum.key().group().startsWith(prefix)) {
                break;
            }
            visitor.accept(datum);
        }
    }

    private static boolean canBeGroup(String text) {
        return !text.isEmpty() && text.length() <= Key.PART_CHARS_MAX;
    }

    void forEach(Consumer<Datum<V>> visitor) {
        data.values().forEach(visitor);
    }

    /** What follows the key, or everything. */
    ConcurrentNavigableMap<Key, Datum<V>> after(@Nullable Key key) {
        return key == null ? data : data.tailMap(key, false);
    }

    /** @return what was there */
    Optional<Datum<V>> put(Datum<V> datum) {
        return Optional.ofNullable(data.put(datum.key(), datum));
    }

    /** @return what was there */
    Optional<Datum<V>> remove(Key key) {
        return key.mode() == Mode.PERSISTENT ? Optional.ofNullable(data.remove(key)) : Optional.empty();
    }

    /** Everything in key order, while nobody changes it. */
    Iterable<Datum<V>> all() {
        return data.values();
    }

    void clear() {
        data.clear();
    }
}
