package io.muster.sim.linearizability;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes down what clients do, as they do it. Any thread; a call may be answered on another thread than it was made on.
 *
 * <p>Times are the caller's, in nanoseconds of one clock for all clients: virtual time, or {@code System.nanoTime()} of
 * one process. Read the clock before the request leaves and after the answer came. Equal times are ordered by when they
 * were recorded, which is sound under the same condition: call {@link #call} before the request leaves, and the
 * outcome's method after the answer came.
 */
public final class HistoryRecorder<C, R> {

    /** A history of this length takes some hundred megabytes; rather stop than grow. */
    public static final int OPERATIONS_MAX = 1_000_000;

    private final List<Call> calls = new ArrayList<>();
    private long moments;

    /** @throws IllegalStateException when {@link #OPERATIONS_MAX} operations are recorded */
    public synchronized Call call(String client, String key, C command, long nanos) {
        if (calls.size() >= OPERATIONS_MAX) {
            throw new IllegalStateException("a history holds at most " + OPERATIONS_MAX + " operations");
        }
        Call call = new Call(client, key, command, next(nanos));
        calls.add(call);
        return call;
    }

    /** What was recorded so far. The outcome of calls that are still open is unknown. */
    public synchronized History<C, R> history() {
        List<Operation<C, R>> operations = new ArrayList<>(calls.size());
        for (Call call : calls) {
            operations.add(call.operation);
        }
        operations.sort((one, other) -> one.call().compareTo(other.call()));
        return new History<>(operations);
    }

    private Moment next(long nanos) {
        return new Moment(nanos, moments++);
    }

    /** An operation whose outcome is awaited; it is told once. */
    public final class Call {

        /** Of unknown outcome until {@link #answered}. */
        private Operation<C, R> operation;

        private boolean answered;

        private Call(String client, String key, C command, Moment call) {
            this.operation = new Operation<>(client, key, command, new Outcome.Unknown<>(), call, Moment.NEVER);
        }

        /** It took effect, and this is what came back. */
        public void ok(R result, long nanos) {
            close(new Outcome.Ok<>(result), nanos);
        }

        /** It definitely took no effect and never will. */
        public void failed(long nanos) {
            close(new Outcome.Failed<>(), nanos);
        }

        /** The client gave up; it may take effect at any later time. */
        public void unknown(long nanos) {
            close(new Outcome.Unknown<>(), nanos);
        }

        private void close(Outcome<R> outcome, long nanos) {
            synchronized (HistoryRecorder.this) {
                if (answered) {
                    throw new IllegalStateException("answered twice: " + operation + ", then " + outcome);
                }
                operation = new Operation<>(
                        operation.client(),
                        operation.key(),
                        operation.command(),
                        outcome,
                        operation.call(),
                        next(nanos));
                answered = true;
            }
        }
    }
}
