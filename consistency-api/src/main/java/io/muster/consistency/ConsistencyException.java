package io.muster.consistency;

/**
 * An expected failure of the consistency service. Each kind says whether the change happened ({@link #outcome()}) and what the
 * caller may do ({@link #advice()}). A refusal ({@link Outcome#NOT_DONE}) never takes effect later.
 *
 * <p>They are values rather than accidents, thrown often under load: they carry no stack trace.
 */
public abstract sealed class ConsistencyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Outcome outcome;
    private final Advice advice;

    private ConsistencyException(String message, Outcome outcome, Advice advice) {
        super(message, null, false, false);
        this.outcome = outcome;
        this.advice = advice;
    }

    public final Outcome outcome() {
        return outcome;
    }

    public final Advice advice() {
        return advice;
    }

    /** This node does not serve such requests yet or for now (loading, recovering, disk full, shutting down). */
    public static final class NotReady extends ConsistencyException {
        private static final long serialVersionUID = 1L;

        public NotReady(String waitsFor) {
            super(waitsFor, Outcome.NOT_DONE, Advice.TRY_ELSEWHERE_OR_LATER);
        }
    }

    /** No leader is known, so nobody can order the change (R17: told within 2 s). */
    public static final class NoLeader extends ConsistencyException {
        private static final long serialVersionUID = 1L;

        public NoLeader(String message) {
            super(message, Outcome.NOT_DONE, Advice.TRY_ELSEWHERE_OR_LATER);
        }
    }

    /** There is no majority to hold the change: the group is not founded, or too many members are missing (R3). */
    public static final class NotEnoughMembers extends ConsistencyException {
        private static final long serialVersionUID = 1L;

        public NotEnoughMembers(String message) {
            super(message, Outcome.NOT_DONE, Advice.TRY_ELSEWHERE_OR_LATER);
        }
    }

    /** Sent, and no answer in time: it may have happened, or may yet (R17: told within 5 s). */
    public static final class OutcomeUnknown extends ConsistencyException {
        private static final long serialVersionUID = 1L;

        public OutcomeUnknown(String message) {
            super(message, Outcome.UNKNOWN, Advice.READ_THEN_DECIDE);
        }
    }

    /** A {@link Condition} of the change, or of another change in the same batch, did not hold. */
    public static final class Conflict extends ConsistencyException {
        private static final long serialVersionUID = 1L;

        private final Key key;

        /** Nothing was done. */
        public Conflict(Key key, Condition condition) {
            this(key, condition, false);
        }

        /** @param othersDone whether other changes of the batch were carried out all the same, as ephemeral ones are */
        public Conflict(Key key, Condition condition, boolean othersDone) {
            super(
                    key + " does not meet " + condition + (othersDone ? "; others of the batch were carried out" : ""),
                    othersDone ? Outcome.UNKNOWN : Outcome.NOT_DONE,
                    Advice.READ_THEN_DECIDE);
            this.key = key;
        }

        /** The first key whose condition failed. */
        public Key key() {
            return key;
        }
    }

    /** A queue on the way is full (X17). */
    public static final class Overloaded extends ConsistencyException {
        private static final long serialVersionUID = 1L;

        public Overloaded(String which) {
            super(which, Outcome.NOT_DONE, Advice.SLOW_DOWN);
        }
    }

    /** The request breaks the contract of the service: mixed modes, no changes, too large. */
    public static final class Invalid extends ConsistencyException {
        private static final long serialVersionUID = 1L;

        public Invalid(String message) {
            super(message, Outcome.NOT_DONE, Advice.CORRECT_THE_REQUEST);
        }
    }
}
