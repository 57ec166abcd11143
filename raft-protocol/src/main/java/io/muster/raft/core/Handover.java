package io.muster.raft.core;

import io.muster.member.NodeId;
import java.util.Optional;

/**
 * Leadership that somebody asked to have handed over (R22). That this node has stopped leading says nothing: it may have lost its majority meanwhile. Done is
 * what was asked for when the next leader is known.
 *
 * @param request see {@link Input.TransferLeadership}
 * @param wanted who was to lead; empty for anybody else
 */
record Handover(long request, Optional<NodeId> wanted) {

    Effect.TransferEnded endedWith(NodeId newLeader, NodeId self) {
        if (newLeader.equals(self)) {
            return new Effect.TransferEnded(request, false, "this node has been elected again");
        }
        boolean done = wanted.isEmpty() || wanted.get().equals(newLeader);
        return new Effect.TransferEnded(
                request, done, "node " + newLeader + " leads" + (done ? "" : ", not " + wanted.get()));
    }
}
