package io.muster.raft.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What followers and leader say to each other about commands that clients gave to a follower (R16). The follower sees the outcome when it applies the
 * command itself, so only refusals are answered.
 *
 * <p>A follower numbers the commands of its run; while a term lasts it sends a command that is not refused under one number, however often. A leader takes
 * only what is addressed to its term, and each number of a run once. So a command enters the log once in a term, whatever the network loses, doubles or
 * brings late, and a refusal is final for its number. A leader that cannot tell whether it took a number, since it is too old or it has restarted since,
 * says nothing: the follower repeats the command with the next leader, or does not know its outcome.
 */
public sealed interface ForwardMessage {

    /** The leader's term, as the follower knows it. */
    long term();

    /** The follower's run. */
    long run();

    /**
     * Put these into the log.
     *
     * @param commands in the order in which they are to be proposed
     */
    record Request(long term, long run, List<Numbered> commands) implements ForwardMessage {
        public Request {
            commands = List.copyOf(commands);
        }
    }

    /**
     * A command.
     *
     * @param bytes not to be changed
     */
    // The array is handed through without a copy: its owner gives it away.
    @SuppressWarnings("ArrayRecordComponent")
    record Numbered(long number, byte[] bytes) {}

    /** The command is not in the log of the term's leader, and will not be put there under this number. */
    record Refusal(long term, long run, long number, Reason reason, String text) implements ForwardMessage {}

    /** Why, as far as the follower acts on it. */
    enum Reason {
        /** The receiver puts nothing more into its log in that term, as it does not lead or is about to stop: the leader of a later term may. */
        NOT_LEADER(1),
        /** It leads, and the command could not enter its log within its time, since that takes no commands now. */
        NOT_YET(5),
        /** Its queue is full, or its disk slow. */
        OVERLOADED(2),
        /** It leads, and has a reason of its own, which the text gives. */
        NOT_READY(3),
        /** The group lacks members. */
        NOT_ENOUGH_MEMBERS(4);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        /** Stands for it in a byte, from 1 on; of no other reason ever. */
        public int code() {
            return code;
        }

        /** The reason of a code; empty if a later version knows it. */
        public static Optional<Reason> of(int code) {
            return Arrays.stream(values()).filter(reason -> reason.code == code).findFirst();
        }
    }
}
