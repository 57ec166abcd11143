package io.muster.raft.core.log;

import java.util.Objects;

/**
 * One entry of the replicated log (Raft paper §5.3).
 *
 * @param index 1 or more, without gaps
 * @param term of the leader that made it
 */
public record LogEntry(long index, long term, Payload payload) {
    public LogEntry {
        if (index < 1 || term < 1) {
            throw new IllegalArgumentException("log index and term start at 1: index " + index + ", term " + term);
        }
        Objects.requireNonNull(payload, "payload");
    }
}
