package io.muster.raft;

/** What a node is in its term (Raft paper §5.1; R10). */
public enum RaftRole {
    /** Passive: answers leaders and candidates. */
    FOLLOWER,
    /** Asks for votes. */
    CANDIDATE,
    /** Orders the writes of its term. */
    LEADER
}
