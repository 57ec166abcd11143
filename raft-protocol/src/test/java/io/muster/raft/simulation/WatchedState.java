package io.muster.raft.simulation;

import io.muster.raft.StateMachine;
import io.muster.raft.datum.DatumCommand;
import io.muster.raft.datum.DatumResult;
import io.muster.raft.engine.ForwardingStateMachine;
import java.util.List;

/** The state of one life of a node, with the observer reading what is applied, at a start, too. */
final class WatchedState extends ForwardingStateMachine<DatumCommand<String>, DatumResult<String>> {

    private final GroupObserver observer;
    private final NodeShadow shadow;
    private boolean restored;

    WatchedState(
            StateMachine<DatumCommand<String>, DatumResult<String>> machine,
            GroupObserver observer,
            NodeShadow shadow) {
        super(machine);
        this.observer = observer;
        this.shadow = shadow;
    }

    @Override
    public List<DatumResult<String>> apply(List<Committed<DatumCommand<String>>> commands) {
        commands.forEach(
                each -> observer.applies(shadow, each.index(), each.command().changes(), !restored));
        return super.apply(commands);
    }

    @Override
    public void restored() {
        restored = true;
        super.restored();
    }
}
