package io.muster.sim.linearizability;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A second opinion on short histories of a store, dumb on purpose: goes through all permutations, and knows neither
 * memo nor model nor split. A permutation is dropped as soon as its beginning is wrong.
 */
final class BruteForce {

    private BruteForce() {}

    static boolean isLinearizable(List<Operation<StoreCommand, StoreResult>> operations) {
        List<Operation<StoreCommand, StoreResult>> left =
                operations.stream().filter(operation -> !operation.hasFailed()).toList();
        return canEnd(List.of(), left, Map.of());
    }

    /**
     * Whether the operations, in this order, return what the clients were told, and none comes after one that began
     * when it had ended.
     */
    static boolean isOrder(List<Operation<StoreCommand, StoreResult>> order) {
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < order.size(); i++) {
            Operation<StoreCommand, StoreResult> next = order.get(i);
            if (!mayFollow(order.subList(0, i), next) || !agrees(next, execute(next.key(), next.command(), values))) {
                return false;
            }
        }
        return true;
    }

    /** What the command answers; the values become what it leaves. */
    static StoreResult execute(String key, StoreCommand command, Map<String, String> values) {
        if (command instanceof StoreCommand.ReadAll) {
            return StoreResult.Values.of(values);
        }
        if (command instanceof StoreCommand.Read) {
            return new StoreResult.Value(Optional.ofNullable(values.get(key)));
        }
        if (command instanceof StoreCommand.Delete) {
            values.remove(key);
        } else if (command instanceof StoreCommand.Put put) {
            values.put(key, put.value());
        } else if (command instanceof StoreCommand.Cas cas) {
            if (!Optional.ofNullable(values.get(key)).equals(cas.expected())) {
                return new StoreResult.Conflict();
            }
            values.put(key, cas.value());
        }
        return new StoreResult.Done();
    }

    private static boolean canEnd(
            List<Operation<StoreCommand, StoreResult>> before,
            List<Operation<StoreCommand, StoreResult>> left,
            Map<String, String> values) {
        if (left.stream().allMatch(Operation::isUnknown)) {
            return true;
        }
        return left.stream().anyMatch(next -> mayFollow(before, next) && canGoOn(before, next, left, values));
    }

    private static boolean canGoOn(
            List<Operation<StoreCommand, StoreResult>> before,
            Operation<StoreCommand, StoreResult> next,
            List<Operation<StoreCommand, StoreResult>> left,
            Map<String, String> values) {
        Map<String, String> after = new TreeMap<>(values);
        StoreResult result = execute(next.key(), next.command(), after);
        if (!agrees(next, result)) {
            return false;
        }
        List<Operation<StoreCommand, StoreResult>> longer = new ArrayList<>(before);
        longer.add(next);
        List<Operation<StoreCommand, StoreResult>> shorter = new ArrayList<>(left);
        shorter.remove(next);
        return canEnd(longer, shorter, after);
    }

    private static boolean agrees(Operation<StoreCommand, StoreResult> operation, StoreResult result) {
        return !(operation.outcome() instanceof Outcome.Ok<StoreResult> ok)
                || ok.result().equals(result);
    }

    private static boolean mayFollow(
            List<Operation<StoreCommand, StoreResult>> before, Operation<StoreCommand, StoreResult> next) {
        return next.isUnknown()
                || before.stream().noneMatch(earlier -> next.ret().compareTo(earlier.call()) < 0);
    }
}
