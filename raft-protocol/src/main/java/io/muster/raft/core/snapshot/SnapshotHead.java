package io.muster.raft.core.snapshot;

import io.muster.raft.core.membership.Configuration;

/**
 * What a snapshot stands for (Raft paper §7): the log up to an index, and the configuration as of there.
 *
 * @param index last included index, 1 or more
 * @param term of the entry at the index
 */
public record SnapshotHead(long index, long term, Configuration configuration) {
    public SnapshotHead {
        if (index < 1 || term < 1) {
            throw new IllegalArgumentException("a snapshot stands for entries: index " + index + ", term " + term);
        }
    }
}
