package io.muster.naming.check.core;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Things by due time, the earliest first: a binary heap whose items know their places, so that any of 200,000 is taken out without a search.
 * That order is what is fair about checks: who has waited longest is next.
 */
final class DueHeap<T extends Due> {

    private @Nullable Due[] items = new Due[16];
    private int size;

    int size() {
        return size;
    }

    void add(T item) {
        if (item.isQueued()) {
            throw new IllegalStateException("queued already: " + item);
        }
        if (size == items.length) {
            items = Arrays.copyOf(items, size * 2);
        }
        size++;
        up(size - 1, item);
    }

    /** Takes it out, if it is in this or any heap; the caller knows that it can only be this one. */
    void remove(T item) {
        int hole = item.heapIndex;
        if (hole == Due.NOWHERE) {
            return;
        }
        item.heapIndex = Due.NOWHERE;
        size--;
        Due last = at(size);
        items[size] = null;
        if (hole < size) {
            down(hole, last);
            if (last.heapIndex == hole) {
                up(hole, last);
            }
        }
    }

    /** The earliest one, if it is due by now. */
    // Only items of the type are ever added.
    @SuppressWarnings("unchecked")
    Optional<T> dueBy(long nowNanos) {
        return size > 0 && at(0).dueNanos - nowNanos <= 0 ? Optional.of((T) at(0)) : Optional.empty();
    }

    /** By how much the earliest one is late; 0 if nothing is. */
    long lateNanos(long nowNanos) {
        return size == 0 ? 0 : Math.max(0, nowNanos - at(0).dueNanos);
    }

    private Due at(int index) {
        return Objects.requireNonNull(items[index]);
    }

    private void up(int from, Due item) {
        int index = from;
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            if (at(parent).dueNanos - item.dueNanos <= 0) {
                break;
            }
            place(index, at(parent));
            index = parent;
        }
        place(index, item);
    }

    private void down(int from, Due item) {
        int index = from;
        while (2 * index + 1 < size) {
            int child = 2 * index + 1;
            if (child + 1 < size && at(child + 1).dueNanos - at(child).dueNanos < 0) {
                child++;
            }
            if (at(child).dueNanos - item.dueNanos >= 0) {
                break;
            }
            place(index, at(child));
            index = child;
        }
        place(index, item);
    }

    private void place(int index, Due item) {
        items[index] = item;
        item.heapIndex = index;
    }
}
