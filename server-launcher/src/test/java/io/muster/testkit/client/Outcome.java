package io.muster.testkit.client;

/** What a client may conclude from an answer, or from none. */
public enum Outcome {
    /** It happened; of a read: the answer is good. */
    OK,
    /** It did not happen and never will. */
    FAILED,
    /** It may have happened, or may yet. */
    UNKNOWN;

    /**
     * Of an operation that took several attempts: it happened if one did, and is certain not to have only if all are.
     */
    Outcome then(Outcome next) {
        return this == OK || next == OK ? OK : this == UNKNOWN || next == UNKNOWN ? UNKNOWN : FAILED;
    }
}
