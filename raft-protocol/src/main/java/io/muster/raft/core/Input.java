package io.muster.raft.core;

import io.muster.consistency.FormatInForce;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.membership.MembershipChange;
import io.muster.raft.core.message.PeerMessage;
import java.util.List;
import java.util.Optional;

/** What happens to the core. */
public sealed interface Input {

    void accept(Visitor visitor);

    /** One method a kind. */
    interface Visitor {
        void start(Start input);

        void found(Found input);

        void tick(Tick input);

        void propose(Propose input);

        void readIndex(ReadIndex input);

        void persisted(Persisted input);

        void snapshotSaved(SnapshotSaved input);

        void received(Received input);

        void sent(Sent input);

        void peerGone(PeerGone input);

        void transferLeadership(TransferLeadership input);

        void changeMembers(ChangeMembers input);

        void resetMembers(ResetMembers input);

        void chunkSent(ChunkSent input);

        void snapshotUnavailable(SnapshotUnavailable input);

        void chunkStored(ChunkStored input);

        void chunkRefused(ChunkRefused input);

        void snapshotLoaded(SnapshotLoaded input);

        void digestTaken(DigestTaken input);

        void repairing(Repairing input);
    }

    /** The first input: what was restored from disk. The core owns the two views from then on. */
    record Start(HardState hardState, LogView log, ConfigurationHistory configurations) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.start(this);
        }
    }

    /**
     * This node, whose log is empty, is to be the only voter of a new group (design §4, "Founding").
     *
     * @param votersBeforeWrites see {@link io.muster.raft.core.membership.Configuration}; 1 for a group that stays alone
     * @param format the newest one that all for whom the group is founded have announced (R32)
     */
    record Found(ClusterId clusterId, int votersBeforeWrites, int format) implements Input {
        public Found(ClusterId clusterId) {
            this(clusterId, 1);
        }

        /** In the first format. */
        public Found(ClusterId clusterId, int votersBeforeWrites) {
            this(clusterId, votersBeforeWrites, FormatInForce.FIRST);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.found(this);
        }
    }

    /** The time that {@link Effect.WakeAt} asked for has come, or not quite; too early or too often does no harm. */
    record Tick() implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.tick(this);
        }
    }

    /** Commands for the log, in order. Answered by {@link Effect.Accepted} or {@link Effect.Refused}. */
    record Propose(List<Payload> payloads) implements Input {
        public Propose {
            payloads = List.copyOf(payloads);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.propose(this);
        }
    }

    /**
     * Up to where must reads be applied to be linearizable? Answered, in time, by {@link Effect.ReadAt} or {@link Effect.ReadRefused}.
     *
     * @param request names the question; rising
     */
    record ReadIndex(long request) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.readIndex(this);
        }
    }

    /** Everything up to the {@link Effect.Persist} with this id is durable. */
    record Persisted(long id) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.persisted(this);
        }
    }

    /**
     * A durable snapshot covers the entries up to the index.
     *
     * @param droppedIndex entries up to here are gone from the log; at most {@code index}. What the log keeps behind it spares followers that lag a
     *     little from getting the whole snapshot
     */
    record SnapshotSaved(long index, long droppedIndex) implements Input {

        /** The log forgets everything that the snapshot covers. */
        public SnapshotSaved(long index) {
            this(index, index);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.snapshotSaved(this);
        }
    }

    /** A message came; {@code from} is proven. */
    record Received(NodeId from, PeerMessage message) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.received(this);
        }
    }

    /**
     * What became of a {@link Effect.Replicate}: the entries in {@code (prevLogIndex, lastIndex]} have been sent.
     *
     * @param term of the effect
     * @param prevLogIndex of the effect
     * @param lastIndex {@code prevLogIndex} if nothing could be sent
     * @param bytes of the entries
     */
    record Sent(NodeId to, long term, long prevLogIndex, long lastIndex, long bytes) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.sent(this);
        }
    }

    /** The network believes that this member's process has ended; it may be wrong. */
    record PeerGone(NodeId peer) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.peerGone(this);
        }
    }

    /**
     * Hand leadership over (R22; dissertation §3.10). Answered by {@link Effect.TransferEnded}.
     *
     * @param request names the command
     * @param target a voter; empty for whichever voter is furthest
     */
    record TransferLeadership(long request, Optional<NodeId> target) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.transferLeadership(this);
        }
    }

    /**
     * Change the members (R21). Answered by {@link Effect.MembersJudged}; {@link Effect.ConfigurationCommitted} tells of each step.
     *
     * @param request names the command
     */
    record ChangeMembers(long request, MembershipChange change) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.changeMembers(this);
        }
    }

    /**
     * An operator declares that a majority is lost for good: these are the voters now, whatever was decided before (R23). Breaks every promise of
     * the protocol if a voter that is not named still lives; the caller has made sure, and has stopped the others that are named. Answered by {@link
     * Effect.MembersJudged}, which refuses it to a leader that is effective.
     *
     * @param voters with this node
     * @param format the newest one that all of these have announced (R32), whatever those who are lost did; a lower one than is in force changes nothing
     */
    record ResetMembers(long request, List<NodeId> voters, int format) implements Input {
        public ResetMembers {
            voters = List.copyOf(voters);
        }

        /** In the format in force. */
        public ResetMembers(long request, List<NodeId> voters) {
            this(request, voters, FormatInForce.FIRST);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.resetMembers(this);
        }
    }

    /**
     * The piece that {@link Effect.SendChunk} asked for was handed to the network.
     *
     * @param index of the snapshot
     * @param offset as it was asked for
     * @param bytes how many it has
     * @param last whether the snapshot ends with it
     */
    record ChunkSent(NodeId to, long term, long index, long offset, int bytes, boolean last) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.chunkSent(this);
        }
    }

    /** The snapshot that {@link Effect.SendChunk} named cannot be read any more; a newer one may be there. */
    record SnapshotUnavailable(NodeId to, long index) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.snapshotUnavailable(this);
        }
    }

    /** The piece of the {@link Effect.StoreChunk} with this id is stored, and all before it; if it was the last one, the snapshot is whole, sound, durable and has its name. */
    record ChunkStored(long id) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.chunkStored(this);
        }
    }

    /** The piece of the {@link Effect.StoreChunk} with this id could not be stored, or the snapshot is not sound: what came of it is thrown away. */
    record ChunkRefused(long id) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.chunkRefused(this);
        }
    }

    /** {@link Effect.LoadSnapshot} is done: the state is that of the snapshot, and the log on disk is what the effect says. */
    record SnapshotLoaded(long index) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.snapshotLoaded(this);
        }
    }

    /** The state has been applied up to the digest's index, and this is its digest. */
    record DigestTaken(StateDigest digest) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.digestTaken(this);
        }
    }

    /**
     * The driver begins or ends to replace this node's state by another's (R15). Meanwhile the node applies nothing, so others lead, if they can.
     *
     * @param running whether it begins
     */
    record Repairing(boolean running) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.repairing(this);
        }
    }
}
