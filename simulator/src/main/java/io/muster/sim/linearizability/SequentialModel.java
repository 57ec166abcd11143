package io.muster.sim.linearizability;

import java.util.List;

/**
 * What the system would do if operations came one at a time. Pure; commands, results and states are immutable and
 * compare by value.
 *
 * @param <S> states
 * @param <C> commands
 * @param <R> results
 */
public interface SequentialModel<S, C, R> {

    S initial();

    /** What the command does in this state, on this key. */
    Step<S, R> apply(S state, String key, C command);

    /** Whether the command leaves every state as it is. */
    boolean isRead(C command);

    /**
     * Whether a command that was answered like this left the state as it was, whatever the state: a read, or a refusal.
     */
    default boolean changedNothing(C command, R result) {
        return isRead(command);
    }

    /**
     * The same history, quicker to search: operations of unknown outcome may be left out, since each may double the
     * search, and any may get another command, where that changes no verdict.
     */
    default List<Operation<C, R>> simplified(List<Operation<C, R>> operations) {
        return operations;
    }

    /** The state as reports show it. */
    default String describe(S state) {
        return String.valueOf(state);
    }

    /** The state after a command, and what its client is told. */
    record Step<S, R>(S state, R result) {}
}
