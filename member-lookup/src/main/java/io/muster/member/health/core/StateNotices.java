package io.muster.member.health.core;

import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.health.core.Notice.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What people are told of the difference between two views. */
final class StateNotices {

    private StateNotices() {}

    /** One for each node that entered another state. */
    static List<Notice> between(MemberView before, MemberView after) {
        Map<NodeId, MemberState> states = new TreeMap<>();
        before.members().forEach(member -> member.nodeId().ifPresent(id -> states.put(id, member.state())));
        List<Notice> notices = new ArrayList<>();
        for (Member member : after.members()) {
            member.nodeId().ifPresent(id -> {
                @Nullable MemberState known = states.get(id);
                if (known != member.state()) {
                    kindOf(member, known != null).ifPresent(kind -> notices.add(notice(kind, member)));
                }
            });
        }
        return notices;
    }

    private static Optional<Kind> kindOf(Member member, boolean known) {
        return switch (member.state()) {
            case UP -> Optional.of(Kind.MEMBER_UP);
            case SUSPICIOUS -> Optional.of(Kind.MEMBER_SUSPICIOUS);
            case DOWN -> Optional.of(member.reason().equals(Peer.LEFT) ? Kind.MEMBER_LEFT : Kind.MEMBER_DOWN);
            case STARTING -> known ? Optional.of(Kind.MEMBER_RESTARTED) : Optional.empty();
        };
    }

    private static Notice notice(Kind kind, Member member) {
        String name = member.address().name();
        return new Notice(kind, name, name + " is " + member.state() + ": " + member.reason());
    }
}
