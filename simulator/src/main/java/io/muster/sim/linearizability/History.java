package io.muster.sim.linearizability;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What all clients of a run saw, in the order of the calls. A client that gave up on an operation may go on with the
 * next.
 */
public record History<C, R>(List<Operation<C, R>> operations) {

    public History {
        operations = List.copyOf(operations);
    }

    /**
     * The operations on each key. By locality, a history of single-key operations is linearizable if each of these is.
     */
    SortedMap<String, History<C, R>> byKey() {
        SortedMap<String, List<Operation<C, R>>> operationsByKey = new TreeMap<>();
        for (Operation<C, R> operation : operations) {
            operationsByKey
                    .computeIfAbsent(operation.key(), key -> new ArrayList<>())
                    .add(operation);
        }
        SortedMap<String, History<C, R>> histories = new TreeMap<>();
        operationsByKey.forEach((key, ofKey) -> histories.put(key, new History<>(ofKey)));
        return histories;
    }

    /** The operation as it is in this history, whatever became of it since. */
    Operation<C, R> sameAs(Operation<C, R> changed) {
        return operations.stream()
                .filter(operation -> operation.client().equals(changed.client())
                        && operation.call().equals(changed.call()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("not in the history: " + changed));
    }
}
