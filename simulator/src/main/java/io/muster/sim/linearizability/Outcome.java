package io.muster.sim.linearizability;

/** What a client knows of an operation that it called. */
public sealed interface Outcome<R> {

    /**
     * It took effect once, between call and return, with this result. A refusal that tells of the state, such as a
     * conflict, is one too.
     */
    record Ok<R>(R result) implements Outcome<R> {
        @Override
        public String toString() {
            return String.valueOf(result);
        }
    }

    /** It took no effect and never will. */
    record Failed<R>() implements Outcome<R> {
        @Override
        public String toString() {
            return "failed";
        }
    }

    /** It may have taken effect, may yet, or may never: timed out, or still open when the history ended. */
    record Unknown<R>() implements Outcome<R> {
        @Override
        public String toString() {
            return "unknown";
        }
    }
}
