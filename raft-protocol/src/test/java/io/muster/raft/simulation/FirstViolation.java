package io.muster.raft.simulation;

import io.muster.sim.run.InvariantViolation;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Keeps the first violation, since an engine takes whatever is thrown inside of it for a bug of its own. It is thrown again as soon as the engine is
 * left.
 *
 * <p>Where a bug was planted, only the invariants that are to notice it count: another one may notice it sooner, and would hide whether these do.
 */
final class FirstViolation {

    private final Set<String> counting;
    private Optional<InvariantViolation> first = Optional.empty();

    /** @param counting the invariants that count; empty for all */
    FirstViolation(Set<String> counting) {
        this.counting = counting;
    }

    void require(boolean holds, String invariant, int node, Supplier<String> values) {
        if (!holds) {
            broken(invariant, node, values.get());
            rethrow();
        }
    }

    void broken(String invariant, int node, String values) {
        if (first.isEmpty() && (counting.isEmpty() || counting.contains(invariant))) {
            first = Optional.of(new InvariantViolation(invariant, node, values));
        }
    }

    void rethrow() {
        first.ifPresent(violation -> {
            throw violation;
        });
    }
}
