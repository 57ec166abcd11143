package io.muster.member.port;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The one view of members that all of a node shares (R2). In a cluster member health {@link #publish publishes} it; alone it is drawn from the
 * lookup's list by {@link #adopt}: this node up and loaded, whoever else is listed not heard of yet.
 *
 * <p>Views come in on one thread at a time; they may be asked for on any; each driver hears of changes on its own {@link Time}.
 */
public final class MemberRoster {

    private final NodeId selfId;
    private final MemberAddress selfAddress;
    private final Time clock;
    private final List<Port> ports = new CopyOnWriteArrayList<>();

    /** Never null; revision 1 holds this node alone. */
    private volatile MemberView view;

    /** @param clock for the times of changes only */
    public MemberRoster(NodeId selfId, MemberAddress selfAddress, Time clock) {
        this.selfId = selfId;
        this.selfAddress = selfAddress;
        this.clock = clock;
        Member self = self();
        this.view = new MemberView(1, self, List.of(self));
    }

    /** The roster as the port of a driver whose callbacks run on this time, until the port is closed. */
    public Port on(Time time) {
        Port port = new Port(time);
        ports.add(port);
        return port;
    }

    /** The current view; any thread may ask. */
    public MemberView view() {
        return view;
    }

    /** Takes up a view under the next revision; one that shows nothing new changes nothing. */
    public synchronized void publish(MemberView published) {
        MemberView before = view;
        if (!published.showsTheSameAs(before)) {
            MemberView after = published.withRevision(before.revision() + 1);
            view = after;
            ports.forEach(port -> port.tell(after));
        }
    }

    /** Takes up a lookup's list where nobody watches over health; this node is a member in any case. */
    public void adopt(List<MemberAddress> listed) {
        MemberView before = view;
        List<Member> members = new ArrayList<>(List.of(before.self()));
        List<Wish.Entry> entries = new ArrayList<>();
        for (MemberAddress address : listed) {
            boolean own = address.equals(selfAddress);
            entries.add(new Wish.Entry(address, own ? Optional.of(selfId) : Optional.empty()));
            if (!own) {
                members.add(known(before, address).orElseGet(() -> unheard(address)));
            }
        }
        publish(new MemberView(before.revision(), before.self(), members, new Wish(entries, List.of())));
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

    /** The roster as one driver sees it. */
    public final class Port implements Members, AutoCloseable {

        private final Time time;
        private final List<Consumer<MemberView>> listeners = new CopyOnWriteArrayList<>();

        private Port(Time time) {
            this.time = time;
        }

        @Override
        public MemberView view() {
            return view;
        }

        @Override
        public void onChange(Consumer<MemberView> listener) {
            listeners.add(listener);
        }

        /** No listener hears of anything any more, not even of what is on its way; idempotent. */
        @Override
        public void close() {
            ports.remove(this);
            listeners.clear();
        }

        private void tell(MemberView changed) {
            if (!listeners.isEmpty()) {
                time.execute(() -> listeners.forEach(listener -> listener.accept(changed)));
            }
        }
    }
}
