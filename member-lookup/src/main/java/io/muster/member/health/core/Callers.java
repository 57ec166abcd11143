package io.muster.member.health.core;

import io.muster.member.NodeId;
import io.muster.member.PeerIdentity;
import java.util.Collection;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The peers whose connections to this node are open now, and what they say of themselves; at most {@link MemberHealth#MEMBERS_MAX}. */
final class Callers {

    private final TreeMap<NodeId, Caller> open = new TreeMap<>();

    /** @param connections that it has dialled; it may know this node by two spellings */
    private record Caller(Occupant says, int connections) {}

    void opened(PeerIdentity peer) {
        NodeId id = peer.identity().nodeId();
        @Nullable Caller known = open.get(id);
        if (known != null || open.size() < MemberHealth.MEMBERS_MAX) {
            open.put(id, new Caller(Occupant.of(peer), known == null ? 1 : known.connections() + 1));
        }
    }

    void closed(NodeId peer) {
        open.computeIfPresent(
                peer,
                (id, caller) -> caller.connections() == 1 ? null : new Caller(caller.says(), caller.connections() - 1));
    }

    /** In the order of their node ids. */
    Collection<Occupant> all() {
        return open.values().stream().map(Caller::says).toList();
    }
}
