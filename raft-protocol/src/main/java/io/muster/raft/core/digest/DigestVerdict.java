package io.muster.raft.core.digest;

/** What a node is to make of the digests it has compared (design §4, "State digest"). */
public enum DigestVerdict {
    /** It was in doubt, and agrees again. */
    AGREES,
    /** It differs from a leader with whom a majority agrees: it fetches what differs, in batches, and takes a digest of the result. */
    REPAIR,
    /** It led, and a majority agrees on something else: it leads no longer, and repairs itself from the next leader. */
    STEP_DOWN_AND_REPAIR,
    /** Copies differ, and no majority says which is right: nobody reloads, everybody says so loudly. */
    ALARM,
    /** It still differs after a repair: its copy serves no more reads of persistent data. */
    STOP_READS
}
