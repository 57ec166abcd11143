package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.wire.ForwardMessage;
import io.muster.raft.wire.RepairMessage;
import java.util.concurrent.CompletableFuture;

/** What other members say goes from here to whom it concerns; nothing does while this node takes no part. */
final class Inbox implements PeerLink.Receiver {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final DriverState<?, ?> state;
    private final ClientRequests<?, ?> requests;
    private final OwnGroup group;
    private final PeerLink peers;

    Inbox(DriverState<?, ?> state, ClientRequests<?, ?> requests, OwnGroup group, PeerLink peers) {
        this.state = state;
        this.requests = requests;
        this.group = group;
        this.peers = peers;
    }

    /** The process of a member has ended. */
    void gone(NodeId peer) {
        if (state.takesPart()) {
            state.replica().feed(new Input.PeerGone(peer));
        }
    }

    /** A request that came otherwise than as a frame (R25): it is refused where it can be told to be wrong, since nobody vouches for its sender. */
    void exchange(ClusterId cluster, NodeId from, PeerMessage request, CompletableFuture<PeerMessage> result) {
        RaftCore core = state.core();
        boolean member = core.configuration()
                .filter(known -> known.members().contains(from))
                .isPresent();
        if (!peers.isOurs(cluster)) {
            result.completeExceptionally(new Invalid("this node is not in cluster " + cluster));
        } else if (!member || from.equals(state.self)) {
            result.completeExceptionally(new Invalid(from + " is none of the other members of this group"));
        } else if (core.objectionTo(request).isPresent()) {
            result.completeExceptionally(new Invalid(core.objectionTo(request).get()));
        } else if (peers.exchanges()
                .add(
                        from,
                        request,
                        result,
                        state.time.monoNanos() + state.config.writeTimeoutMillis() * NANOS_PER_MILLI)) {
            group(from, request);
        }
    }

    @Override
    public void group(NodeId from, PeerMessage message) {
        if (state.takesPart() && !group.members().received(from, message)) {
            state.replica().received(from, message);
        }
    }

    @Override
    public void forward(NodeId from, ForwardMessage message) {
        if (state.takesPart()) {
            requests.received(from, message, state.core().term());
        }
    }

    @Override
    public void repair(NodeId from, RepairMessage message) {
        if (state.takesPart()) {
            state.replica().received(from, message);
        }
    }

    @Override
    public void founding(NodeId from, FoundingMessage message) {
        if (state.takesPart() && group.isClustered()) {
            group.members().received(from, message);
        }
    }
}
