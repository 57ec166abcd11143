package io.muster.sim.linearizability;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a store answers to a {@link StoreCommand}. */
public sealed interface StoreResult {

    record Done() implements StoreResult {
        @Override
        public String toString() {
            return "done";
        }
    }

    /** A compare-and-set met another value, and changed nothing. */
    record Conflict() implements StoreResult {
        @Override
        public String toString() {
            return "conflict";
        }
    }

    /** What a read found. */
    record Value(Optional<String> value) implements StoreResult {
        @Override
        public String toString() {
            return value.orElse("absent");
        }
    }

    /** What a read of all found, by key. */
    record Values(SortedMap<String, String> values) implements StoreResult {

        public Values {
            values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        }

        public static Values of(Map<String, String> values) {
            return new Values(new TreeMap<>(values));
        }

        @Override
        public String toString() {
            return values.toString();
        }
    }
}
