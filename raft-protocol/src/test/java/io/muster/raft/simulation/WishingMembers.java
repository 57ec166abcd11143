package io.muster.raft.simulation;

import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.Wish;
import io.muster.member.port.Members;
import java.util.List;
import java.util.function.Consumer;

/** Members whose lookup lists all of them, on every node. */
final class WishingMembers implements Members {

    private final Members members;

    WishingMembers(Members members) {
        this.members = members;
    }

    @Override
    public MemberView view() {
        return wishing(members.view());
    }

    @Override
    public void onChange(Consumer<MemberView> listener) {
        members.onChange(view -> listener.accept(wishing(view)));
    }

    private static MemberView wishing(MemberView view) {
        List<Wish.Entry> entries = view.members().stream()
                .map(member -> new Wish.Entry(member.address(), member.nodeId()))
                .toList();
        boolean resolved = entries.stream().allMatch(entry -> entry.nodeId().isPresent());
        List<NodeId> sharedBy = resolved
                ? view.members().stream()
                        .filter(member -> member.state() == MemberState.UP)
                        .map(Member::nodeId)
                        .flatMap(id -> id.stream())
                        .toList()
                : List.of();
        return new MemberView(view.revision(), view.self(), view.members(), new Wish(entries, sharedBy));
    }
}
