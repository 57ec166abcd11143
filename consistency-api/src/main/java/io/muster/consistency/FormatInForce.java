package io.muster.consistency;

import io.muster.consistency.ConsistencyException.NotReady;
import java.util.Optional;

/**
 * Which format is in force among the members (R32): one number for all that they store and send one another. A member reads all formats up to the newest
 * that its build knows, and says which that is; what a format brought is written and sent only once every member has said that it reads it.
 *
 * <p>The number is part of the replicated configuration of the persistent engine's group and never falls there. Answers come from memory, on any thread, and
 * may lag a moment behind: then the older form is written, which everybody reads. Before there is a group it is {@link #FIRST}.
 */
public interface FormatInForce {

    /** Of every build before formats had numbers. */
    int FIRST = 1;

    /**
     * Learners that are to vote, resets of the members, health checks with their verdicts, operators' numbered words, edits that are no sign of life, and the
     * checkers that need more than the first builds knew.
     */
    int SECOND = 2;

    /** Operators' words that carry earlier ones, each with its number. */
    int THIRD = 3;

    /** What this build reads, and writes if it may. */
    int NEWEST = THIRD;

    /** Where nobody has to be waited for. */
    FormatInForce ALL = new FormatInForce() {
        @Override
        public int number() {
            return NEWEST;
        }

        @Override
        public String heldBackBy() {
            return "";
        }
    };

    int number();

    /** The members that hold a newer format back, with what they announce, for people; empty if none is known to. */
    String heldBackBy();

    default boolean allows(int needed) {
        return number() >= needed;
    }

    /** Why what needs the format can't be done now; empty if it can. */
    default Optional<String> objectionTo(int needed) {
        return allows(needed) ? Optional.empty() : Optional.of(objection(needed, number(), heldBackBy()));
    }

    /** The same as a refusal; empty if there is none. */
    default Optional<NotReady> refusalOf(int needed) {
        return objectionTo(needed).map(NotReady::new);
    }

    /**
     * What to say of something that can't be done.
     *
     * @param heldBackBy as {@link #heldBackBy} gives it
     */
    static String objection(int needed, int inForce, String heldBackBy) {
        return "needs format " + needed + " of all members; in force is " + inForce
                + (heldBackBy.isEmpty()
                        ? "; no member announces less, so it is about to be"
                        : "; announced less: " + heldBackBy);
    }
}
