package io.muster.member;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The members at one moment, immutable. Both engines get the same views (R2).
 *
 * @param revision grows by one with each change
 * @param self this node; also an element of {@code members}
 * @param members sorted by address
 * @param wish what the lookup says
 */
public record MemberView(long revision, Member self, List<Member> members, Wish wish) {

    public MemberView {
        members = members.stream().sorted(Comparator.comparing(Member::address)).toList();
        if (!members.contains(self)) {
            throw new IllegalArgumentException("a view holds its own node: " + self + " not in " + members);
        }
    }

    /** A view before any lookup has spoken. */
    public MemberView(long revision, Member self, List<Member> members) {
        this(revision, self, members, Wish.NONE);
    }

    /** The same members and wish under another revision. */
    public MemberView withRevision(long newRevision) {
        return new MemberView(newRevision, self, members, wish);
    }

    /** Whether members and wish are the same, whatever the revision. */
    public boolean showsTheSameAs(MemberView other) {
        return self.equals(other.self) && members.equals(other.members) && wish.equals(other.wish);
    }

    /** The member that this node is. */
    public Optional<Member> member(NodeId id) {
        return members.stream()
                .filter(member -> member.nodeId().filter(id::equals).isPresent())
                .findFirst();
    }
}
