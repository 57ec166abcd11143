package io.muster.raft.storage;

/** Told when a batch is durable. */
@FunctionalInterface
public interface BatchStored {

    /**
     * @param bytes written
     * @param appendNanos from the call until the write was done, waiting included
     * @param syncNanos from then until the sync was done
     */
    void stored(long bytes, long appendNanos, long syncNanos);
}
