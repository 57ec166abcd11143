package io.muster.raft.core;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.message.PeerMessage;
import java.util.List;

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
    }

    /** The first input: what was restored from disk. The core owns the two views from then on. */
    record Start(HardState hardState, LogView log, ConfigurationHistory configurations) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.start(this);
        }
    }

    /** This node, whose log is empty, is to be the only voter of a new group (design §4, "Founding"). */
    record Found(ClusterId clusterId) implements Input {
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

    /** A durable snapshot covers the entries up to the index; the log forgets them. */
    record SnapshotSaved(long index) implements Input {
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
}
