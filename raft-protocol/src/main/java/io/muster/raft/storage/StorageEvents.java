package io.muster.raft.storage;

/** What storage tells its owner, on the engine's thread. */
public interface StorageEvents {

    /** The disk failed, or gave back what was never written; nothing more is written. */
    void failed(Throwable cause);

    /** The directory has reached its bound (X20): a snapshot now would make room that the log needs. */
    void boundReached();

    /** What was refused for want of room may be tried again. */
    void roomMade();
}
