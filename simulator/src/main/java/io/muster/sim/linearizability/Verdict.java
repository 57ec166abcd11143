package io.muster.sim.linearizability;

import java.util.List;

/** What a {@link LinearizabilityChecker} says of a history. */
public sealed interface Verdict<C, R> {

    /** Some order of the operations explains all that the clients saw. */
    record Linearizable<C, R>() implements Verdict<C, R> {}

    /**
     * No order does.
     *
     * @param part the key, where the history was split by key; else empty
     * @param operations of this part, as recorded
     * @param prefix the order that came farthest: it places all that had returned before the blocked operation did
     * @param state after the prefix
     * @param blocked the first operation, by its return, that no order can place in time
     * @param answer what the blocked operation would have returned after the prefix
     */
    record Violation<C, R>(
            String part,
            List<Operation<C, R>> operations,
            List<Placed<C, R>> prefix,
            String state,
            Operation<C, R> blocked,
            R answer)
            implements Verdict<C, R> {

        public Violation {
            operations = List.copyOf(operations);
            prefix = List.copyOf(prefix);
        }
    }

    /**
     * The search took more steps than it may. Counts as a failure in long runs: shorten the history of the part.
     *
     * @param part as in {@link Violation}
     */
    record Undecided<C, R>(String part, int operationCount, long stepsMax) implements Verdict<C, R> {}

    /** An operation in its place, and the state that it left. */
    record Placed<C, R>(Operation<C, R> operation, String state) {}
}
