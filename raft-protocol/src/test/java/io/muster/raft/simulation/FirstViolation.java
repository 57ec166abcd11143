package io.muster.raft.simulation;

import io.muster.sim.run.InvariantViolation;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps the first violation, since an engine takes whatever is thrown inside of it for a bug of its own. It is thrown again as soon as the engine is
 * left.
 */
final class FirstViolation {

    private Optional<InvariantViolation> first = Optional.empty();

    void require(boolean holds, String invariant, int node, Supplier<String> values) {
        if (!holds) {
            broken(invariant, node, values.get());
            rethrow();
        }
    }

    void broken(String invariant, int node, String values) {
        if (first.isEmpty()) {
            first = Optional.of(new InvariantViolation(invariant, node, values));
        }
    }

    void rethrow() {
        first.ifPresent(violation -> {
            throw violation;
        });
    }
}
