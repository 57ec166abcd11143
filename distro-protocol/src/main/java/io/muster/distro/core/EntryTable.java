package io.muster.distro.core;

import io.muster.consistency.Key;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one group by id: a hash table with open addressing, linear probing and one writer. Any thread may read at any time without
 * a lock: a slot changes by one release-store, a removed entry leaves a gap that keeps later ones reachable, and a rebuilt table is
 * published as a whole. It needs a third of the memory of a concurrent map (docs/decisions/0023).
 */
final class EntryTable<V> {

    private static final int SLOTS_MIN = 4;

    /** Stands where an entry was removed. */
    static final class Gap<V> extends Entry<V> {
        private static final Gap<?> ONLY = new Gap<>();

        @Override
        Key key() {
            throw new IllegalStateException("a gap has no key");
        }

        @Override
        Stamp stamp() {
            throw new IllegalStateException("a gap has no stamp");
        }
    }

    /** Its length is a power of two; at least a quarter of the slots hold null, so every probe ends. */
    private volatile AtomicReferenceArray<@Nullable Entry<V>> slots = new AtomicReferenceArray<>(SLOTS_MIN);

    private int size;
    private int used;

    /** Any thread. */
    @Nullable
    Entry<V> find(String id) {
        AtomicReferenceArray<@Nullable Entry<V>> table = slots;
        int mask = table.length() - 1;
        for (int i = spread(id) & mask; ; i = (i + 1) & mask) {
            Entry<V> entry = table.getAcquire(i);
            if (entry == null || (entry != Gap.ONLY && entry.key().id().equals(id))) {
                return entry;
            }
        }
    }

    /** Any thread; weakly consistent while the writer is at work. */
    void forEach(Consumer<? super Entry<V>> visitor) {
        AtomicReferenceArray<@Nullable Entry<V>> table = slots;
        for (int i = 0; i < table.length(); i++) {
            Entry<V> entry = table.getAcquire(i);
            if (entry != null && entry != Gap.ONLY) {
                visitor.accept(entry);
            }
        }
    }

    int size() {
        return size;
    }

    /** The writer: adds the entry, or replaces the one with its id. */
    void put(Entry<V> entry) {
        int slot = slotOf(slots, entry.key().id());
        if (slots.getPlain(slot) == null) {
            if (4 * (used + 1) > 3 * slots.length()) {
                rebuild();
                slot = slotOf(slots, entry.key().id());
            }
            used++;
            size++;
        }
        slots.setRelease(slot, entry);
    }

    /** The writer: takes the entry out if it is there. */
    void remove(Entry<V> entry) {
        int slot = slotOf(slots, entry.key().id());
        if (slots.getPlain(slot) == entry) {
            slots.setRelease(slot, gap());
            size--;
        }
    }

    private void rebuild() {
        int length = SLOTS_MIN;
        while (length < 2 * (size + 1)) {
            length *= 2;
        }
        AtomicReferenceArray<@Nullable Entry<V>> rebuilt = new AtomicReferenceArray<>(length);
        forEach(entry -> rebuilt.setPlain(slotOf(rebuilt, entry.key().id()), entry));
        used = size;
        slots = rebuilt;
    }

    /** Where the id is, or where it would go. */
    private static <V> int slotOf(AtomicReferenceArray<@Nullable Entry<V>> table, String id) {
        int mask = table.length() - 1;
        int i = spread(id) & mask;
        while (true) {
            Entry<V> entry = table.getPlain(i);
            if (entry == null || (entry != Gap.ONLY && entry.key().id().equals(id))) {
                return i;
            }
            i = (i + 1) & mask;
        }
    }

    private static int spread(String id) {
        int hash = id.hashCode() * 0x9E3779B9;
        return hash ^ (hash >>> 15);
    }

    @SuppressWarnings("unchecked") // the gap holds nothing of type V
    private static <V> Entry<V> gap() {
        return (Entry<V>) Gap.ONLY;
    }
}
