package io.muster.sim;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.port.Members;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Members that never change. */
public record FixedMembers(MemberView view) implements Members {

    /** A node alone: up and loaded. */
    public static FixedMembers standalone(NodeId self) {
        Member member = new Member(
                new MemberAddress("127.0.0.1", 8848, 0),
                Optional.of(self),
                0,
                MemberState.UP,
                true,
                true,
                "standalone",
                0);
        return new FixedMembers(new MemberView(1, member, List.of(member)));
    }

    @Override
    public void onChange(Consumer<MemberView> listener) {
        // There is no change to tell of.
    }
}
