package io.muster.raft.driver;

import io.muster.raft.wire.ForwardMessage.Reason;
import java.util.Optional;

/**
 * What a leader did in one term with the numbers that one run of a member has given to its commands: each is taken once, in whatever order they come. A
 * sliding window over the highest of them, as receivers use it against replays (RFC 4303 §3.4.3); what lies below it may have been taken.
 */
final class TakenNumbers {

    /** How many numbers are told apart: what a member sends in many seconds. One byte each. */
    static final int WINDOW = 1 << 16;

    private static final byte NEW = 0;
    private static final byte TAKEN = 1;

    // TAKEN + the code of a reason: taken, and refused afterwards.

    /** Of the numbers of the window, each in the place that its lowest bits name. */
    private final byte[] states = new byte[WINDOW];

    private long highest;

    /** Whether the number has come before, or may have: then it must not be taken, and only what {@link #refusal} tells be said of it. */
    boolean mayBeTaken(long number) {
        return number <= highest && (number <= highest - WINDOW || states[place(number)] != NEW);
    }

    /** A number comes that cannot have been taken. */
    void take(long number) {
        for (long skipped = Math.max(highest + 1, number - WINDOW + 1); skipped < number; skipped++) {
            states[place(skipped)] = NEW;
        }
        highest = Math.max(highest, number);
        states[place(number)] = TAKEN;
    }

    /** The command that was taken under the number did not enter the log, and will not. */
    void refused(long number, Reason reason) {
        if (isInWindow(number)) {
            states[place(number)] = (byte) (TAKEN + reason.code());
        }
    }

    /** Why the command was refused that was taken under the number; empty if it was not, or is not known to be. */
    Optional<Reason> refusal(long number) {
        int state = isInWindow(number) ? states[place(number)] : NEW;
        return state > TAKEN ? Reason.of(state - TAKEN) : Optional.empty();
    }

    private boolean isInWindow(long number) {
        return number <= highest && number > highest - WINDOW;
    }

    private static int place(long number) {
        return (int) (number & (WINDOW - 1));
    }
}
