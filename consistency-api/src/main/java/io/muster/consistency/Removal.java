package io.muster.consistency;

/** Why a datum went (X21). */
public enum Removal {
    /** Its own client deregistered it. */
    CLIENT,
    /** An operator or admin removed it. */
    OPERATOR,
    /** Its session ended: nobody renewed it in time. */
    EXPIRED,
    /** The server's own housekeeping. */
    HOUSEKEEPING,
    /** Nobody knows here: the node was away when it went, and found it gone when it caught up. Never the cause of a {@link Change}. */
    WHILE_AWAY
}
