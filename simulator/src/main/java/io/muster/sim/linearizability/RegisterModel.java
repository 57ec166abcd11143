package io.muster.sim.linearizability;

import java.util.List;
import java.util.Optional;

/** One key of a store: the state is its value, empty at first. For histories that are split by key. */
public final class RegisterModel implements SequentialModel<Optional<String>, StoreCommand, StoreResult> {

    @Override
    public Optional<String> initial() {
        return Optional.empty();
    }

    /** @throws IllegalArgumentException for a read of all, which no single key can answer */
    @Override
    public Step<Optional<String>, StoreResult> apply(Optional<String> value, String key, StoreCommand command) {
        if (command instanceof StoreCommand.Put put) {
            return new Step<>(Optional.of(put.value()), new StoreResult.Done());
        }
        if (command instanceof StoreCommand.Delete) {
            return new Step<>(Optional.empty(), new StoreResult.Done());
        }
        if (command instanceof StoreCommand.Cas cas) {
            return value.equals(cas.expected())
                    ? new Step<>(Optional.of(cas.value()), new StoreResult.Done())
                    : new Step<>(value, new StoreResult.Conflict());
        }
        if (command instanceof StoreCommand.Read) {
            return new Step<>(value, new StoreResult.Value(value));
        }
        throw new IllegalArgumentException("no command to a single key: " + command);
    }

    @Override
    public boolean isRead(StoreCommand command) {
        return command instanceof StoreCommand.Read;
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

    @Override
    public String describe(Optional<String> value) {
        return value.orElse("absent");
    }
}
