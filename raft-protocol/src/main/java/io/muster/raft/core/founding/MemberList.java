package io.muster.raft.core.founding;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The lookup's list as this node has it.
 *
 * @param members sorted by name, with this node
 */
public record MemberList(List<Listed> members) {

    /** Bound on the listed members. */
    public static final int MEMBERS_MAX = 63;

    /**
     * One line of the list.
     *
     * @param node who answers there; empty until a handshake has told
     */
    public record Listed(MemberAddress address, Optional<NodeId> node) {}

    public static final MemberList EMPTY = new MemberList(List.of());

    public MemberList {
        members = members.stream().sorted(Comparator.comparing(Listed::address)).toList();
        if (members.size() > MEMBERS_MAX) {
            throw new IllegalArgumentException("a list has at most " + MEMBERS_MAX + " members: " + members.size());
        }
    }

    /** What two nodes compare. */
    public List<String> names() {
        return members.stream().map(listed -> listed.address().name()).toList();
    }

    public List<NodeId> known() {
        return members.stream()
                .flatMap(listed -> listed.node().stream())
                .distinct()
                .toList();
    }

    public boolean isResolved() {
        return !members.isEmpty()
                && members.stream().allMatch(listed -> listed.node().isPresent());
    }

    /** The lowest-named member: it founds. */
    public Optional<NodeId> lowest() {
        return members.isEmpty() ? Optional.empty() : members.get(0).node();
    }
}
