package io.muster.raft.driver;

/** How the parts of a driver come back to its turns, and to what stands at their end. */
interface Turns {

    /** Runs one step, then everything that can go on, and shows what has come of it. */
    void turn(Runnable step);

    /** Shows in the middle of a turn what has come so far. */
    void publish();

    /** The storage did not do what it was asked; also outside of a turn. */
    void storageFailed(Throwable cause);
}
