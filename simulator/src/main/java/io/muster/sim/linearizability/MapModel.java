package io.muster.sim.linearizability;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A whole store: the state is all keys and values, none at first. For small histories with reads of all, which must see
 * one instant of all keys and so cannot be checked key by key.
 */
public final class MapModel implements SequentialModel<SortedMap<String, String>, StoreCommand, StoreResult> {

    private final RegisterModel oneKey = new RegisterModel();

    @Override
    public SortedMap<String, String> initial() {
        return Collections.emptySortedMap();
    }

    @Override
    public Step<SortedMap<String, String>, StoreResult> apply(
            SortedMap<String, String> values, String key, StoreCommand command) {
        if (command instanceof StoreCommand.ReadAll) {
            return new Step<>(values, new StoreResult.Values(values));
        }
        Optional<String> before = Optional.ofNullable(values.get(key));
        Step<Optional<String>, StoreResult> step = oneKey.apply(before, key, command);
        SortedMap<String, String> after = step.state().equals(before) ? values : with(values, key, step.state());
        return new Step<>(after, step.result());
    }

    private static SortedMap<String, String> with(
            SortedMap<String, String> values, String key, Optional<String> value) {
        SortedMap<String, String> changed = new TreeMap<>(values);
        value.ifPresentOrElse(present -> changed.put(key, present), () -> changed.remove(key));
        return Collections.unmodifiableSortedMap(changed);
    }

    @Override
    public boolean isRead(StoreCommand command) {
        return command instanceof StoreCommand.ReadAll || oneKey.isRead(command);
    }

    @Override
    public boolean changedNothing(StoreCommand command, StoreResult result) {
        return isRead(command) || result instanceof StoreResult.Conflict;
    }

    @Override
    public List<Operation<StoreCommand, StoreResult>> simplified(
            List<Operation<StoreCommand, StoreResult>> operations) {
        return UnobservedWrites.simplify(operations);
    }
}
