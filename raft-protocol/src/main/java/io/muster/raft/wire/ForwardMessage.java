package io.muster.raft.wire;

import java.util.List;

/**
 * What followers and leader say to each other about commands that clients gave to a follower (R16). The follower sees the outcome when it applies the
 * command itself, so only refusals are answered.
 *
 * <p>A follower numbers what it sends in one run, rising; a leader takes only what is addressed to its term and has a higher number than what it has seen
 * of that run. So a frame that the network doubles or brings back late is never taken twice, and a refusal is final.
 */
public sealed interface ForwardMessage {

    /** The leader's term, as the follower knows it. */
    long term();

    /** The follower's run. */
    long run();

    /**
     * Put these into the log.
     *
     * @param commands by rising number
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

    /** This one is in no log, and will not be because of this sending of it. */
    record Refusal(long term, long run, long number, Reason reason, String text) implements ForwardMessage {}

    /** Why, as far as the follower acts on it. */
    enum Reason {
        /** The receiver does not lead that term: another may. */
        NOT_LEADER,
        /** Its queue is full. */
        OVERLOADED,
        /** It leads, and takes no writes now. */
        NOT_READY,
        /** The group lacks members. */
        NOT_ENOUGH_MEMBERS
    }
}
