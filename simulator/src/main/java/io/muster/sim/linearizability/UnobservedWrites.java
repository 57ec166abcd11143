package io.muster.sim.linearizability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Simplifies the writes of a store whose value nobody saw, neither by reading it nor by expecting it.
 *
 * <ul>
 *   <li>Nobody can tell their values apart, so all of a key write the same one.
 *   <li>Those of unknown outcome are left out. Between such a write and the next on its key, nobody reads the key, and
 *       no compare-and-set succeeds; without the write, they are as free as with it. Not so on keys with conflicts: the
 *       unseen value may be what caused one.
 * </ul>
 */
final class UnobservedWrites {

    private record KeyValue(String key, String value) {}

    private final Set<KeyValue> seen = new HashSet<>();
    private final Set<String> keysWithConflicts = new HashSet<>();

    /** The value that stands for all unseen ones of the key. */
    private final Map<String, String> unseenByKey = new HashMap<>();

    private UnobservedWrites(List<Operation<StoreCommand, StoreResult>> operations) {
        operations.forEach(this::observe);
    }

    static List<Operation<StoreCommand, StoreResult>> simplify(List<Operation<StoreCommand, StoreResult>> operations) {
        List<Operation<StoreCommand, StoreResult>> kept = operations;
        int before;
        do {
            // An unseen compare-and-set that goes may have been the only one to expect another's value.
            before = kept.size();
            kept = new UnobservedWrites(kept).simplifyOnce(kept);
        } while (kept.size() < before);
        return kept;
    }

    private List<Operation<StoreCommand, StoreResult>> simplifyOnce(
            List<Operation<StoreCommand, StoreResult>> operations) {
        List<Operation<StoreCommand, StoreResult>> kept = new ArrayList<>();
        for (Operation<StoreCommand, StoreResult> operation : operations) {
            if (!isUnseenWrite(operation)) {
                kept.add(operation);
            } else if (!operation.isUnknown() || keysWithConflicts.contains(operation.key())) {
                kept.add(withUnseenValue(operation));
            }
        }
        return kept;
    }

    private void observe(Operation<StoreCommand, StoreResult> operation) {
        String key = operation.key();
        if (operation.command() instanceof StoreCommand.Cas cas) {
            cas.expected().ifPresent(expected -> seen.add(new KeyValue(key, expected)));
        }
        if (operation.outcome() instanceof Outcome.Ok<StoreResult> ok) {
            if (ok.result() instanceof StoreResult.Value found) {
                found.value().ifPresent(value -> seen.add(new KeyValue(key, value)));
            } else if (ok.result() instanceof StoreResult.Values found) {
                found.values().forEach((foundKey, value) -> seen.add(new KeyValue(foundKey, value)));
            } else if (ok.result() instanceof StoreResult.Conflict) {
                keysWithConflicts.add(key);
            }
        }
    }

    private boolean isUnseenWrite(Operation<StoreCommand, StoreResult> operation) {
        if (operation.command() instanceof StoreCommand.Put put) {
            return !seen.contains(new KeyValue(operation.key(), put.value()));
        }
        return operation.command() instanceof StoreCommand.Cas cas
                && !seen.contains(new KeyValue(operation.key(), cas.value()));
    }

    private Operation<StoreCommand, StoreResult> withUnseenValue(Operation<StoreCommand, StoreResult> operation) {
        if (operation.command() instanceof StoreCommand.Put put) {
            return operation.withCommand(new StoreCommand.Put(unseenValue(operation.key(), put.value())));
        }
        if (operation.command() instanceof StoreCommand.Cas cas) {
            return operation.withCommand(
                    new StoreCommand.Cas(cas.expected(), unseenValue(operation.key(), cas.value())));
        }
        return operation;
    }

    private String unseenValue(String key, String value) {
        return unseenByKey.computeIfAbsent(key, absent -> value);
    }
}
