package io.muster.sim.cluster;

import io.muster.member.MemberView;
import io.muster.member.port.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Members that a test sets; may differ from node to node. Set it on the node's thread: inside one of its events, or between two of the clock. */
public final class ScriptedMembers implements Members {

    private final List<Consumer<MemberView>> listeners = new ArrayList<>();
    private MemberView view;

    public ScriptedMembers(MemberView first) {
        this.view = first;
    }

    public void set(MemberView newView) {
        view = newView;
        List.copyOf(listeners).forEach(listener -> listener.accept(newView));
    }

    @Override
    public MemberView view() {
        return view;
    }

    @Override
    public void onChange(Consumer<MemberView> listener) {
        listeners.add(listener);
    }
}
