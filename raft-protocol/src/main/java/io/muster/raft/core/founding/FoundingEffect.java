package io.muster.raft.core.founding;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;

/** What the driver is to do, in the order given; its duties are numbered in the package's description. */
public sealed interface FoundingEffect {

    void accept(Visitor visitor);

    /** One method a kind. */
    interface Visitor {
        void send(Send effect);

        void storePromise(StorePromise effect);

        void found(Found effect);

        void join(Join effect);

        void dissolve(Dissolve effect);

        void wakeAt(WakeAt effect);
    }

    /** Send a message, in a frame without a cluster id. */
    record Send(NodeId to, FoundingMessage message) implements FoundingEffect {
        @Override
        public void accept(Visitor visitor) {
            visitor.send(this);
        }
    }

    /** Make this promise durable in the place of any other, or take the stored one back; then call {@link Founding#promiseStored}. */
    record StorePromise(Optional<Promise> promise) implements FoundingEffect {
        @Override
        public void accept(Visitor visitor) {
            visitor.storePromise(this);
        }
    }

    /**
     * Found the cluster, with this node as its sole voter.
     *
     * @param votersBeforeWrites a majority of the list: persistent writes wait for so many voters
     * @param members for whom it is founded, with this node
     */
    record Found(ClusterId clusterId, int votersBeforeWrites, List<NodeId> members) implements FoundingEffect {
        public Found {
            members = List.copyOf(members);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.found(this);
        }
    }

    /** Belong to this cluster from now on; its leader will make this node a learner. */
    record Join(ClusterId clusterId) implements FoundingEffect {
        @Override
        public void accept(Visitor visitor) {
            visitor.join(this);
        }
    }

    /** Give up the own cluster, in which no client has written anything, for this one. */
    record Dissolve(ClusterId own, ClusterId clusterId) implements FoundingEffect {
        @Override
        public void accept(Visitor visitor) {
            visitor.dissolve(this);
        }
    }

    /** Call {@link Founding#tick} at this time; replaces the one asked for before. */
    record WakeAt(long nanos) implements FoundingEffect {
        @Override
        public void accept(Visitor visitor) {
            visitor.wakeAt(this);
        }
    }
}
