package io.muster.distro.core;

import io.muster.member.Member;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which member is responsible for which group: rendezvous hashing (Thaler and Ravishankar, 1998) over the members that are alive and
 * loaded. Each member gets its fair share; one that comes or goes moves its own share and nothing else (X1); equal views give equal
 * answers on all nodes (invariant {@code OneOwner}). Immutable; any thread may ask.
 */
public final class Responsibility {

    private static final NodeId NO_SELF = new NodeId(0, 0);

    static final Responsibility NOBODY = new Responsibility(List.of());

    private final List<NodeId> members;
    private final NodeId self;
    private final Rules rules;

    /**
     * @param members without duplicates, in any order
     */
    Responsibility(List<NodeId> members) {
        this(members, NO_SELF, new Rules());
    }

    private Responsibility(List<NodeId> members, NodeId self, Rules rules) {
        this.members = members.stream().sorted().toList();
        this.self = self;
        this.rules = rules;
    }

    static Responsibility of(MemberView view, NodeId self, boolean selfLoaded) {
        return of(view, self, selfLoaded, new Rules());
    }

    /**
     * SUSPICIOUS members stay in (design §6). Of itself a node knows best whether it is loaded. A stranger, whom its own list or those of all others
     * leave out, owns nothing (design §4) while there is anybody else to own it; who serves alone keeps its sessions itself (R52).
     */
    static Responsibility of(MemberView view, NodeId self, boolean selfLoaded, Rules rules) {
        List<NodeId> sharing = new ArrayList<>();
        boolean stranger = !view.self().listsUs();
        if (!stranger && rules.sharesGroups(true, selfLoaded)) {
            sharing.add(self);
        }
        for (Member member : view.members()) {
            Optional<NodeId> id = member.nodeId();
            if (id.isPresent()
                    && member.listsUs()
                    && rules.sharesGroups(Peers.alive(member), member.loaded())
                    && !sharing.contains(id.get())
                    && !id.get().equals(self)) {
                sharing.add(id.get());
            }
        }
        if (stranger && sharing.isEmpty() && selfLoaded) {
            sharing.add(self);
        }
        return new Responsibility(sharing, self, rules);
    }

    /** The members that share the groups, in order. */
    public List<NodeId> members() {
        return members;
    }

    /** Equal where the same members share the groups. */
    public long fingerprint() {
        long sum = members.size();
        for (NodeId member : members) {
            sum = RecordDigest.mix(sum, member.high(), member.low());
        }
        return sum;
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
            if (best == null || rules.outweighs(weight, bestWeight, self)) {
                best = member;
                bestWeight = weight;
            }
        }
        return Optional.ofNullable(best);
    }
}
