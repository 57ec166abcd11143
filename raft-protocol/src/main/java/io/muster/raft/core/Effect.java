package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.digest.DigestVerdict;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.List;
import java.util.Optional;

/** What the driver is to do, in the order given; its duties are numbered in the package's description. */
public sealed interface Effect {

    void accept(Visitor visitor);

    /** One method a kind. */
    interface Visitor {
        void persist(Persist effect);

        void send(Send effect);

        void replicate(Replicate effect);

        void commit(Commit effect);

        void accepted(Accepted effect);

        void refused(Refused effect);

        void readAt(ReadAt effect);

        void readRefused(ReadRefused effect);

        void roleChanged(RoleChanged effect);

        void secondLeader(SecondLeader effect);

        void leadershipEffective(LeadershipEffective effect);

        void discarded(Discarded effect);

        void overruled(Overruled effect);

        void wakeAt(WakeAt effect);

        void transferEnded(TransferEnded effect);

        void membersJudged(MembersJudged effect);

        void configurationCommitted(ConfigurationCommitted effect);

        void sendChunk(SendChunk effect);

        void storeChunk(StoreChunk effect);

        void dropChunks(DropChunks effect);

        void loadSnapshot(LoadSnapshot effect);

        void digestJudged(DigestJudged effect);
    }

    /**
     * Make this durable, then feed {@link Input.Persisted}.
     *
     * @param id rising by one
     * @param entries without gaps; the first may replace an older one of the same index and all after it
     */
    record Persist(long id, HardState hardState, List<LogEntry> entries) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.persist(this);
        }
    }

    /**
     * Send a message.
     *
     * @param afterPersist not before this {@link Persist} and all before it are durable; 0: at once
     */
    record Send(NodeId to, PeerMessage message, long afterPersist) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.send(this);
        }
    }

    /**
     * Send an AppendEntries at once, beside the local write (dissertation §10.2.1), with as many of the entries behind {@code prevLogIndex} as the
     * bound takes, one at least; the core knows no payloads. Then feed {@link Input.Sent}; until then there is no other Replicate to this member.
     *
     * @param lastLogIndex the last entry that there is
     * @param bytesMax bound on the bytes of the entries
     */
    record Replicate(
            NodeId to,
            long term,
            long prevLogIndex,
            long prevLogTerm,
            long lastLogIndex,
            long leaderCommit,
            long round,
            int bytesMax)
            implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.replicate(this);
        }
    }

    /** Everything up to the index is committed: apply it. */
    record Commit(long index) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.commit(this);
        }
    }

    /** The proposals of the input are in the log from this index on, in this term; they are not committed yet. */
    record Accepted(long firstIndex, int count, long term) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.accepted(this);
        }
    }

    /** The proposals of the input are not in the log and never will be: this node takes none now ({@link RaftCore#takesProposals}). */
    record Refused(int count) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.refused(this);
        }
    }

    /** Reads of this request are linearizable once the index is applied here; on a follower that may be later. */
    record ReadAt(long request, long index) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.readAt(this);
        }
    }

    /** Nobody vouches for these reads: leadership was lost or is not known, or too many wait. */
    record ReadRefused(long request) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.readRefused(this);
        }
    }

    /** Role, term or known leader changed. */
    record RoleChanged(RaftRole role, long term, Optional<NodeId> leader) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.roleChanged(this);
        }
    }

    /** This node leads and has committed an entry of its term (R24); comes after the {@link Commit} of it. */
    record LeadershipEffective(long term) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.leadershipEffective(this);
        }
    }

    /** Uncommitted entries from the index on, of another leader, lost to those of the present one (R29). */
    record Discarded(long fromIndex, long count) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.discarded(this);
        }
    }

    /** Another member claims to lead the term that this node leads; it was refused, and something is wrong there. */
    record SecondLeader(NodeId from, long term) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.secondLeader(this);
        }
    }

    /**
     * Since an operator has declared who votes, the group goes on without entries that are committed here (R23). What this node holds is of no use to it any more: set it
     * aside, and begin anew under another id.
     *
     * @param by the leader
     * @param resetTerm in which that was declared
     */
    record Overruled(NodeId by, long resetTerm) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.overruled(this);
        }
    }

    /** Feed {@link Input.Tick} at this time; replaces the one asked for before. */
    record WakeAt(long nanos) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.wakeAt(this);
        }
    }

    /**
     * The end of a {@link Input.TransferLeadership}. Proposals are held off for it until then, or until this node leads no longer; where it has stopped leading the end
     * comes when the next leader is known, and not at all if there never is one.
     *
     * @param handedOver whether the node leads that was named, or anybody else where none was
     * @param reason for people: who leads, or why nothing has changed
     */
    record TransferEnded(long request, boolean handedOver, String reason) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.transferEnded(this);
        }
    }

    /**
     * The answer to a {@link Input.ChangeMembers} or {@link Input.ResetMembers}: FINE if its first step is in the log, or there was nothing to
     * do; else why nothing has been done.
     *
     * @param index of the entry; that of the configuration in force if there was nothing to do, 0 if it was refused
     */
    record MembersJudged(long request, MembershipChange.Verdict verdict, long index) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.membersJudged(this);
        }
    }

    /** The configuration is committed; comes after the {@link Commit}, on every node that hears of it. */
    record ConfigurationCommitted(long index, Configuration configuration) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.configurationCommitted(this);
        }
    }

    /**
     * Send a piece of the saved snapshot of this index as an InstallSnapshot and feed {@link Input.ChunkSent}, or feed {@link Input.SnapshotUnavailable}.
     *
     * @param offset where the piece begins
     * @param bytesMax bound on its length
     */
    record SendChunk(NodeId to, long term, long index, long offset, int bytesMax) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.sendChunk(this);
        }
    }

    /**
     * Store a received piece, then feed {@link Input.ChunkStored} or {@link Input.ChunkRefused}; several may wait, in order. Offset 0 throws away what was
     * stored before. Only the last piece needs a sync: then the snapshot is checked as a whole and gets its name.
     *
     * @param id names the piece
     */
    // The array is handed through without a copy, from the message.
    @SuppressWarnings("ArrayRecordComponent")
    record StoreChunk(long id, NodeId from, SnapshotHead head, long offset, byte[] bytes, boolean last)
            implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.storeChunk(this);
        }
    }

    /** What was received of a snapshot will not be completed; its room may be used for something else. */
    record DropChunks() implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.dropChunks(this);
        }
    }

    /**
     * The received snapshot is whole. Make it the state, tell the listeners what differs, cut the log to what is said here, and feed {@link
     * Input.SnapshotLoaded}; there is no {@link Commit} and no {@link Persist} with entries until then.
     *
     * @param logIsKept whether the entries behind the snapshot's index stay; else the log is empty and goes on there
     */
    record LoadSnapshot(SnapshotHead head, boolean logIsKept) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.loadSnapshot(this);
        }
    }

    /**
     * This node's state differs from others' at an index, or does so no longer (R15); the verdict says what to do.
     *
     * @param other what another member has there
     */
    record DigestJudged(DigestVerdict verdict, StateDigest other) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.digestJudged(this);
        }
    }
}
