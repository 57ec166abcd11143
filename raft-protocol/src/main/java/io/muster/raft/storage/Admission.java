package io.muster.raft.storage;

/**
 * Whether the log takes entries just now.
 *
 * @param reason why not, one line for people; empty for {@link Kind#TAKE}
 */
public record Admission(Kind kind, String reason) {

    static final Admission TAKE = new Admission(Kind.TAKE, "");

    /** The three answers. */
    public enum Kind {
        /** There is room. */
        TAKE,
        /** Room is being made; it is told when there is some. */
        WAIT,
        /** There is none, and nobody knows when. */
        REFUSE
    }
}
