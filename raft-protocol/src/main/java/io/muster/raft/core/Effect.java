package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.message.PeerMessage;
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

        void leadershipEffective(LeadershipEffective effect);

        void discarded(Discarded effect);

        void wakeAt(WakeAt effect);
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
     * Send an AppendEntries at once, beside the local write (dissertation §10.2.1), with as many of the entries from {@code prevLogIndex} on as
     * one message takes; the core knows no payloads.
     *
     * @param lastLogIndex the last entry that there is; equal to {@code prevLogIndex} for a heartbeat
     */
    record Replicate(
            NodeId to, long term, long prevLogIndex, long prevLogTerm, long lastLogIndex, long leaderCommit, long round)
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

    /** The proposals of the input are not in the log and never will be: this node does not lead. */
    record Refused(int count) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.refused(this);
        }
    }

    /** Reads of this request are linearizable once the index is applied. */
    record ReadAt(long request, long index) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.readAt(this);
        }
    }

    /** This node cannot vouch for reads: it does not lead. */
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

    /** Feed {@link Input.Tick} at this time; replaces the one asked for before. */
    record WakeAt(long nanos) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.wakeAt(this);
        }
    }
}
