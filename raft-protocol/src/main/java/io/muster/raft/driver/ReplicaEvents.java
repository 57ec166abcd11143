package io.muster.raft.driver;

import io.muster.raft.core.Effect;

/** What a {@link Replica} tells its owner, inside a turn where it does not say otherwise. */
interface ReplicaEvents {

    /** Runs a step as a turn of the engine; called outside of one. */
    void turn(Runnable step);

    /** The storage failed, or a snapshot could not be taken; also outside of a turn. */
    void storageFailed(Throwable cause);

    /** A batch is durable; outside of a turn. */
    void durable();

    /** Everything up to the core's commit index is applied, and shows to readers before those who wait are told. */
    void applied();

    void roleChanged(Effect.RoleChanged effect);

    /** Leadership has become effective in the term, or is so no longer. */
    void effective(boolean now, long term);

    void transferEnded(Effect.TransferEnded effect);

    void membersJudged(Effect.MembersJudged effect);

    void configurationCommitted(Effect.ConfigurationCommitted effect);

    void digestJudged(Effect.DigestJudged effect);

    /** What this node has committed, its group has not: an operator has said so. */
    void overruled(Effect.Overruled effect);

    /** This node leads and nobody else votes: its copy of the state is the right one, whatever others have said of it (R15, R23). */
    void onlyCopyCounts();
}
