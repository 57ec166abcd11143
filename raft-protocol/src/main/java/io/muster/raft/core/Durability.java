package io.muster.raft.core;

import java.util.ArrayDeque;

/**
 * Up to where this node's own log is durable. Writes become durable in order; one that a truncation overtook counts only for what the
 * truncation left.
 */
final class Durability {

    private static final class Write {
        private final long id;
        private long lastIndex;

        Write(long id, long lastIndex) {
            this.id = id;
            this.lastIndex = lastIndex;
        }
    }

    /** Not yet durable, in order of their ids. Bounded by the driver, which takes proposals only while nothing else is being written. */
    private final ArrayDeque<Write> writes = new ArrayDeque<>();

    private long durableIndex;
    private long durableId;
    private long lastId;

    Durability(long durableIndex) {
        this.durableIndex = durableIndex;
    }

    long durableIndex() {
        return durableIndex;
    }

    /** The last write that was begun; everything that depends on all writes so far waits for it. 0 if none is outstanding. */
    long outstandingId() {
        return writes.isEmpty() ? 0 : lastId;
    }

    boolean isDurable(long id) {
        return id <= durableId;
    }

    long begin(long lastIndex) {
        lastId++;
        writes.add(new Write(lastId, lastIndex));
        return lastId;
    }

    void done(long id) {
        while (!writes.isEmpty() && writes.peek().id <= id) {
            Write write = writes.remove();
            durableId = write.id;
            durableIndex = Math.max(durableIndex, write.lastIndex);
        }
    }

    void truncateFrom(long index) {
        durableIndex = Math.min(durableIndex, index - 1);
        for (Write write : writes) {
            write.lastIndex = Math.min(write.lastIndex, index - 1);
        }
    }

    /** A durable snapshot stands for everything up to the index, and the log ends where it is said. */
    void replacedTo(long snapshotIndex, long lastIndex) {
        durableIndex = Math.max(Math.min(durableIndex, lastIndex), snapshotIndex);
        for (Write write : writes) {
            write.lastIndex = Math.min(write.lastIndex, lastIndex);
        }
    }
}
