package io.muster.member.port;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.PeerIdentity;
import java.util.Optional;

/** What happens to the connections of a node. */
public sealed interface LinkEvent {

    /**
     * Who answered at the address that this node dialled; this node itself, too, where the address is another spelling of its own.
     *
     * @param dialed as the lookup lists it
     */
    record Opened(MemberAddress dialed, PeerIdentity peer) implements LinkEvent {}

    /** A connection that this node had dialled is gone; it is dialled again. */
    record Closed(MemberAddress dialed, NodeId peer, String reason) implements LinkEvent {}

    /**
     * An attempt failed: nobody there, no proof of the secret, another cluster. It is made again.
     *
     * @param otherCluster that one, if so
     */
    record Failed(MemberAddress dialed, String reason, Optional<ClusterId> otherCluster) implements LinkEvent {

        /** For want of anybody who could be talked to. */
        public Failed(MemberAddress dialed, String reason) {
            this(dialed, reason, Optional.empty());
        }
    }

    /** A peer dialled this node and proved the secret. It need not be listed here. */
    record Accepted(PeerIdentity peer) implements LinkEvent {}

    /** A connection that a peer had dialled is gone. */
    record AcceptedClosed(NodeId peer, String reason) implements LinkEvent {}
}
