package io.muster.sim.linearizability;

/**
 * One operation as its client saw it. Client and call tell it from all others: a client calls once at a moment.
 *
 * @param <C> the commands of a {@link SequentialModel}
 * @param <R> its results
 * @param key what the command is about; empty where it is about the whole state
 * @param call not after the request left the client
 * @param ret not before the answer reached the client; where the outcome is unknown, when the client gave up, {@link
 *     Moment#NEVER} if it did not
 */
public record Operation<C, R>(String client, String key, C command, Outcome<R> outcome, Moment call, Moment ret) {

    public Operation {
        if (ret.compareTo(call) < 0) {
            throw new IllegalArgumentException(
                    command + " of " + client + " returns at " + ret + ", before its call at " + call);
        }
        if (ret.equals(Moment.NEVER) && !(outcome instanceof Outcome.Unknown<R>)) {
            throw new IllegalArgumentException(
                    command + " of " + client + " never returns, and yet its outcome is known: " + outcome);
        }
    }

    boolean isUnknown() {
        return outcome instanceof Outcome.Unknown<R>;
    }

    boolean hasFailed() {
        return outcome instanceof Outcome.Failed<R>;
    }

    Operation<C, R> withCommand(C simpler) {
        return new Operation<>(client, key, simpler, outcome, call, ret);
    }

    Operation<C, R> returningAt(Moment moment) {
        return new Operation<>(client, key, command, outcome, call, moment);
    }

    @Override
    public String toString() {
        String what = key.isEmpty() ? command.toString() : key + ": " + command;
        return client + " [" + call + ", " + ret + "] " + what + " → " + outcome;
    }
}
