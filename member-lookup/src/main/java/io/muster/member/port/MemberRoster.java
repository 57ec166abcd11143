package io.muster.member.port;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The one view of members that all of a node shares (R2), drawn from the lists of a lookup. This node is up and loaded from the first
 * view on; others whom the lookup lists are STARTING until something has heard of them.
 *
 * <p>Lists come on one thread, that of the lookup; views may be asked for on any; each driver hears of changes on its own {@link Time}.
 */
public final class MemberRoster {

    private final NodeId selfId;
    private final MemberAddress selfAddress;
    private final Time clock;
    private final List<Consumer<MemberView>> listeners = new CopyOnWriteArrayList<>();

    /** Never null; revision 1 holds this node alone. Written on the lookup's thread only. */
    private volatile MemberView view;

    /** @param clock for the times of changes only */
    public MemberRoster(NodeId selfId, MemberAddress selfAddress, Time clock) {
        this.selfId = selfId;
        this.selfAddress = selfAddress;
        this.clock = clock;
        Member self = self();
        this.view = new MemberView(1, self, List.of(self));
    }

    /** The roster as the port of a driver whose callbacks run on this time. */
    public Members on(Time time) {
        return new Members() {
            @Override
            public MemberView view() {
                return view;
            }

            @Override
            public void onChange(Consumer<MemberView> listener) {
                listeners.add(changed -> time.execute(() -> listener.accept(changed)));
            }
        };
    }

    /** The current view; any thread may ask. */
    public MemberView view() {
        return view;
    }

    /** Takes up a lookup's list; one that names nobody new and leaves nobody out changes nothing. This node is a member in any case. */
    public void adopt(List<MemberAddress> listed) {
        MemberView before = view;
        List<Member> members = new ArrayList<>(List.of(before.self()));
        for (MemberAddress address : listed) {
            if (!address.equals(selfAddress)) {
                members.add(known(before, address).orElseGet(() -> unheard(address)));
            }
        }
        MemberView after = new MemberView(before.revision() + 1, before.self(), members);
        if (!after.members().equals(before.members())) {
            view = after;
            listeners.forEach(listener -> listener.accept(after));
        }
    }

    private Member self() {
        return new Member(
                selfAddress, Optional.of(selfId), 0, MemberState.UP, true, true, "this node", clock.wallMillis());
    }

    private Member unheard(MemberAddress address) {
        return new Member(
                address,
                Optional.empty(),
                0,
                MemberState.STARTING,
                false,
                false,
                "not heard of yet",
                clock.wallMillis());
    }

    private static Optional<Member> known(MemberView view, MemberAddress address) {
        return view.members().stream()
                .filter(member -> member.address().equals(address))
                .findFirst();
    }
}
