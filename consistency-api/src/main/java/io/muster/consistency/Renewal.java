package io.muster.consistency;

/** The answer to a renewal of an ephemeral datum's session. */
public enum Renewal {
    /** The session is known and lives on. */
    RENEWED,
    /** No such datum: its owner must put it again (R44: code 20404 for a light beat). */
    UNKNOWN,
    /**
     * Removed on purpose within the last two beat intervals: the renewal was in flight, is answered as if known, and must not
     * register anything (R44).
     */
    JUST_REMOVED
}
