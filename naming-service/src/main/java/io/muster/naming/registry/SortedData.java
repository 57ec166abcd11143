package io.muster.naming.registry;

import io.muster.consistency.Datum;
import io.muster.naming.model.RegistryRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data of one service and one mode, sorted by id in a bare array: a few bytes for each, which is what a million
 * instances ask for. Inserting moves what follows; even among 10,000 that is a copy of 40 kB. Not safe for threads:
 * {@link ServiceEntry} holds its lock around it.
 */
final class SortedData {

    /** Slots from {@link #size} on are null. */
    private @Nullable Datum<?>[] data = new Datum<?>[0];

    private int size;

    int size() {
        return size;
    }

    /** What stood there before. */
    Optional<Datum<RegistryRecord>> put(Datum<RegistryRecord> datum) {
        int at = indexOf(datum.key().id());
        if (at >= 0) {
            Datum<RegistryRecord> before = at(at);
            data[at] = datum;
            return Optional.of(before);
        }
        int insertAt = -at - 1;
        if (size == data.length) {
            // By half and one: small services waste little, large ones rarely copy.
            data = Arrays.copyOf(data, size + (size >> 1) + 1);
        }
        System.arraycopy(data, insertAt, data, insertAt + 1, size - insertAt);
        data[insertAt] = datum;
        size++;
        return Optional.empty();
    }

    Optional<Datum<RegistryRecord>> remove(String id) {
        int at = indexOf(id);
        if (at < 0) {
            return Optional.empty();
        }
        Datum<RegistryRecord> before = at(at);
        System.arraycopy(data, at + 1, data, at, size - at - 1);
        data[--size] = null;
        if (size <= data.length / 4) {
            data = Arrays.copyOf(data, size);
        }
        return Optional.of(before);
    }

    Optional<Datum<RegistryRecord>> get(String id) {
        int at = indexOf(id);
        return at < 0 ? Optional.empty() : Optional.of(at(at));
    }

    int countWithPrefix(String prefix) {
        return size == 0 ? 0 : lowerBound(prefix + Character.MAX_VALUE) - lowerBound(prefix);
    }

    /** All data as a copy, in id order. */
    // As in at(); the copy is this method's own.
    @SuppressWarnings("unchecked")
    List<Datum<RegistryRecord>> all() {
        return (List<Datum<RegistryRecord>>) (List<?>) Arrays.asList(Arrays.copyOf(data, size));
    }

    // Only data of registry records are ever put.
    @SuppressWarnings("unchecked")
    private Datum<RegistryRecord> at(int index) {
        return (Datum<RegistryRecord>) Objects.requireNonNull(data[index]);
    }

    private int lowerBound(String id) {
        int at = indexOf(id);
        return at >= 0 ? at : -at - 1;
    }

    private int indexOf(String id) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = at(middle).key().id().compareTo(id);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }
}
