package io.muster.member;

import java.util.Comparator;
import java.util.List;

/**
 * The members at one moment, immutable. Both engines get the same views (R2).
 *
 * @param revision grows by one with each change
 * @param self this node; also an element of {@code members}
 * @param members sorted by address
 */
public record MemberView(long revision, Member self, List<Member> members) {

    public MemberView {
        members = members.stream().sorted(Comparator.comparing(Member::address)).toList();
        if (!members.contains(self)) {
            throw new IllegalArgumentException("a view holds its own node: " + self + " not in " + members);
        }
    }
}
