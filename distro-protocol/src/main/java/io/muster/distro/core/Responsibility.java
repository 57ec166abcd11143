package io.muster.distro.core;

import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which member is responsible for which group: rendezvous hashing (Thaler and Ravishankar, 1998) over the members that are alive and
 * loaded. Each member gets its fair share; one that comes or goes moves its own share and nothing else (X1); equal views give equal
 * answers on all nodes (invariant {@code OneOwner}). Immutable.
 */
public final class Responsibility {

    private final List<NodeId> members;

    /**
     * @param members without duplicates, in any order
     */
    Responsibility(List<NodeId> members) {
        this.members = members.stream().sorted().toList();
    }

    /** SUSPICIOUS members stay in (design §6). Of itself a node knows best whether it is loaded. */
    static Responsibility of(MemberView view, NodeId self, boolean selfLoaded) {
        List<NodeId> sharing = new ArrayList<>();
        if (selfLoaded) {
            sharing.add(self);
        }
        for (Member member : view.members()) {
            boolean alive = member.state() == MemberState.UP || member.state() == MemberState.SUSPICIOUS;
            Optional<NodeId> id = member.nodeId();
            if (alive
                    && member.loaded()
                    && id.isPresent()
                    && !sharing.contains(id.get())
                    && !id.get().equals(self)) {
                sharing.add(id.get());
            }
        }
        return new Responsibility(sharing);
    }

    /** The responsible member; empty while nobody is loaded. */
    public Optional<NodeId> memberFor(String group) {
        return memberFor(RecordDigest.ofName(group));
    }

    Optional<NodeId> memberFor(long groupNameHash) {
        NodeId best = null;
        long bestWeight = 0;
        for (NodeId member : members) {
            long weight = RecordDigest.mix(groupNameHash, member.high(), member.low());
            if (best == null || Long.compareUnsigned(weight, bestWeight) > 0) {
                best = member;
                bestWeight = weight;
            }
        }
        return Optional.ofNullable(best);
    }
}
