package io.muster.member.health.core;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.PeerIdentity;
import java.util.List;
import java.util.Optional;

/** What happens to the core. */
public sealed interface Input {

    void accept(Visitor visitor);

    /** One method a kind. */
    interface Visitor {
        void wished(Wished input);

        void opened(Opened input);

        void closed(Closed input);

        void failed(Failed input);

        void accepted(Accepted input);

        void acceptedClosed(AcceptedClosed input);

        void received(Received input);

        void tick(Tick input);

        void loadedChanged(LoadedChanged input);

        void clusterKnown(ClusterKnown input);

        void leave(Leave input);
    }

    /** The lookup's list. */
    record Wished(List<MemberAddress> addresses) implements Input {
        public Wished {
            addresses = List.copyOf(addresses);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.wished(this);
        }
    }

    /** This peer answered at the address that was dialled, this node itself perhaps. */
    record Opened(MemberAddress dialed, PeerIdentity peer) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.opened(this);
        }
    }

    /** The connection to the peer that had answered there is gone. */
    record Closed(MemberAddress dialed, NodeId peer, String reason) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.closed(this);
        }
    }

    /**
     * Nobody who belongs to us answered there.
     *
     * @param otherCluster to which whoever answered belongs, if that is why
     */
    record Failed(MemberAddress dialed, String reason, Optional<ClusterId> otherCluster) implements Input {

        /** For want of anybody who could be talked to. */
        public Failed(MemberAddress dialed, String reason) {
            this(dialed, reason, Optional.empty());
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.failed(this);
        }
    }

    /** This peer dialled us. */
    record Accepted(PeerIdentity peer) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.accepted(this);
        }
    }

    /** A connection that this peer had dialled is gone. */
    record AcceptedClosed(NodeId peer) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.acceptedClosed(this);
        }
    }

    /** A message came; {@code from} is proven. */
    record Received(NodeId from, HealthMessage message) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.received(this);
        }
    }

    /** Time has passed. */
    record Tick() implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.tick(this);
        }
    }

    /** This node counts as loaded with ephemeral data from now on, or no longer. */
    record LoadedChanged(boolean loaded) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.loadedChanged(this);
        }
    }

    /** This node belongs to that cluster from now on. */
    record ClusterKnown(ClusterId clusterId) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.clusterKnown(this);
        }
    }

    /** This process is about to end, in good order. */
    record Leave() implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.leave(this);
        }
    }
}
