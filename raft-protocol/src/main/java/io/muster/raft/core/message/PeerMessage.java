package io.muster.raft.core.message;

import io.muster.raft.core.log.LogEntry;
import java.util.List;

/** A message between members. The sender is known from the channel, which has proven it. */
public sealed interface PeerMessage {

    /** The sender's term; a higher one makes the receiver step down, a lower one is refused (Raft paper §5.1). */
    long term();

    <T> T accept(Visitor<T> visitor);

    /** One method a kind. */
    interface Visitor<T> {
        T requestVote(RequestVote message);

        T requestVoteReply(RequestVoteReply message);

        T appendEntries(AppendEntries message);

        T appendEntriesReply(AppendEntriesReply message);
    }

    /** A candidate asks for a vote (§5.2). */
    record RequestVote(long term, long lastLogIndex, long lastLogTerm) implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.requestVote(this);
        }
    }

    /** The answer to {@link RequestVote}. */
    record RequestVoteReply(long term, boolean granted) implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.requestVoteReply(this);
        }
    }

    /**
     * A leader sends entries, or none as a heartbeat (§5.3).
     *
     * @param round the leader's count of leadership checks; the answer carries it back (dissertation §6.4)
     */
    record AppendEntries(
            long term, long prevLogIndex, long prevLogTerm, List<LogEntry> entries, long leaderCommit, long round)
            implements PeerMessage {
        public AppendEntries {
            entries = List.copyOf(entries);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.appendEntries(this);
        }
    }

    /**
     * The answer to {@link AppendEntries}.
     *
     * @param success whether the log matched at {@code prevLogIndex} and now holds the entries durably
     * @param index success: the last index that is known to match; else the highest at which it is worth trying
     * @param round as it came
     */
    record AppendEntriesReply(long term, boolean success, long index, long round) implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.appendEntriesReply(this);
        }
    }
}
