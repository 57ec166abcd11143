package io.muster.raft.core.message;

import io.muster.raft.core.digest.DigestClaim;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.List;
import java.util.Optional;

/** A message between members. The sender is known from the channel, which has proven it. */
public sealed interface PeerMessage {

    /** The sender's term; a higher one makes the receiver step down, a lower one is refused (Raft paper §5.1). */
    long term();

    <T> T accept(Visitor<T> visitor);

    /** One method a kind. */
    interface Visitor<T> {
        T preVote(PreVote message);

        T preVoteReply(PreVoteReply message);

        T requestVote(RequestVote message);

        T requestVoteReply(RequestVoteReply message);

        T appendEntries(AppendEntries message);

        T appendEntriesReply(AppendEntriesReply message);

        T installSnapshot(InstallSnapshot message);

        T installSnapshotReply(InstallSnapshotReply message);

        T readIndexRequest(ReadIndexRequest message);

        T readIndexReply(ReadIndexReply message);

        T timeoutNow(TimeoutNow message);
    }

    /**
     * Would you vote for me in the term after {@code term}? Changes nothing at the receiver (dissertation §9.6).
     *
     * @param attempt the answer carries it back
     */
    record PreVote(long term, long lastLogIndex, long lastLogTerm, long attempt) implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.preVote(this);
        }
    }

    /**
     * The answer to {@link PreVote}.
     *
     * @param term the receiver's own; of a grant it may be lower than that of the asker
     */
    record PreVoteReply(long term, boolean granted, long attempt) implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.preVoteReply(this);
        }
    }

    /**
     * A candidate asks for a vote (§5.2).
     *
     * @param transfer whether the leader itself asked for this election, so that having heard from it is no reason to refuse (dissertation §4.2.3)
     */
    record RequestVote(long term, long lastLogIndex, long lastLogTerm, boolean transfer) implements PeerMessage {
        public RequestVote(long term, long lastLogIndex, long lastLogTerm) {
            this(term, lastLogIndex, lastLogTerm, false);
        }

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
     * @param digest of the leader's state, in heartbeats (R15)
     * @param resetTerm see {@link io.muster.raft.core.membership.Configuration}; as the leader's log has it
     */
    record AppendEntries(
            long term,
            long prevLogIndex,
            long prevLogTerm,
            List<LogEntry> entries,
            long leaderCommit,
            long round,
            Optional<DigestClaim> digest,
            long resetTerm)
            implements PeerMessage {
        public AppendEntries {
            entries = List.copyOf(entries);
        }

        /** The same as a heartbeat. */
        public AppendEntries withoutEntries() {
            return new AppendEntries(
                    term, prevLogIndex, prevLogTerm, List.of(), leaderCommit, round, digest, resetTerm);
        }

        /** The same of a group that was reset in the term; 0 if it never was. */
        public AppendEntries sinceReset(long inTerm) {
            return inTerm == resetTerm
                    ? this
                    : new AppendEntries(term, prevLogIndex, prevLogTerm, entries, leaderCommit, round, digest, inTerm);
        }

        public AppendEntries(
                long term, long prevLogIndex, long prevLogTerm, List<LogEntry> entries, long leaderCommit, long round) {
            this(term, prevLogIndex, prevLogTerm, entries, leaderCommit, round, Optional.empty());
        }

        /** Of a group that was never reset. */
        public AppendEntries(
                long term,
                long prevLogIndex,
                long prevLogTerm,
                List<LogEntry> entries,
                long leaderCommit,
                long round,
                Optional<DigestClaim> digest) {
            this(term, prevLogIndex, prevLogTerm, entries, leaderCommit, round, digest, 0);
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
     * @param index success: the last index that is known to match; else {@code prevLogIndex} as it came
     * @param hintIndex refused: the first index of the term that stands there, or the one behind the log's end if nothing does
     * @param hintTerm refused: that term, or 0
     * @param round as it came; never above 0, so that it confirms nothing, where another term's leader is refused
     * @param digest of the follower's state (R15)
     */
    record AppendEntriesReply(
            long term,
            boolean success,
            long index,
            long hintIndex,
            long hintTerm,
            long round,
            Optional<StateDigest> digest)
            implements PeerMessage {

        public static AppendEntriesReply matched(long term, long index, long round) {
            return new AppendEntriesReply(term, true, index, 0, 0, round, Optional.empty());
        }

        public static AppendEntriesReply refused(
                long term, long prevLogIndex, long hintIndex, long hintTerm, long round) {
            return new AppendEntriesReply(term, false, prevLogIndex, hintIndex, hintTerm, round, Optional.empty());
        }

        public AppendEntriesReply withDigest(Optional<StateDigest> own) {
            return new AppendEntriesReply(term, success, index, hintIndex, hintTerm, round, own);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.appendEntriesReply(this);
        }
    }

    /**
     * A leader sends a piece of its snapshot (§7, Figure 13).
     *
     * @param offset of the piece in the snapshot
     * @param bytes not to be changed
     * @param last whether the snapshot ends with it
     */
    // The array is handed through without a copy: it is as large as messages get, and its owner gives it away.
    @SuppressWarnings("ArrayRecordComponent")
    record InstallSnapshot(long term, SnapshotHead head, long offset, byte[] bytes, boolean last)
            implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.installSnapshot(this);
        }
    }

    /**
     * The answer to {@link InstallSnapshot}.
     *
     * @param index of the snapshot
     * @param offset which piece is wanted next
     * @param installed whether the follower's state is at least as new as the snapshot, durably
     */
    record InstallSnapshotReply(long term, long index, long offset, boolean installed) implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.installSnapshotReply(this);
        }
    }

    /**
     * A follower asks the leader up to where reads must be applied (dissertation §6.4).
     *
     * @param session drawn at each start, so that an answer to an earlier run is not taken for one to this
     * @param request of the follower
     */
    record ReadIndexRequest(long term, long session, long request) implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.readIndexRequest(this);
        }
    }

    /**
     * The answer to {@link ReadIndexRequest}.
     *
     * @param granted whether the index counts; if not, the receiver does not lead, or is overloaded
     */
    record ReadIndexReply(long term, long session, long request, boolean granted, long index) implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.readIndexReply(this);
        }
    }

    /** The leader asks a follower that has caught up to start an election at once (dissertation §3.10). */
    record TimeoutNow(long term) implements PeerMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.timeoutNow(this);
        }
    }
}
