package io.muster.member;

/** Whether a member is alive, as this node sees it (design §6). */
public enum MemberState {
    /** Listed, never heard of yet. */
    STARTING,
    /** Answers. */
    UP,
    /** Missed probes; still in the ring. */
    SUSPICIOUS,
    /** Does not answer, and others asked do not reach it either. */
    DOWN
}
