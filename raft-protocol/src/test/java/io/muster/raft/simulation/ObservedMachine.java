package io.muster.raft.simulation;

import io.muster.raft.core.Effect;
import io.muster.raft.core.Input;
import io.muster.raft.core.Machine;
import io.muster.raft.core.RaftCore;
import java.util.List;

/** The core of one life of a node as the driver knows it, bugs included, with the observer looking on. */
final class ObservedMachine implements Machine {

    private final RaftCore core;
    private final Machine machine;
    private final GroupObserver observer;
    private final NodeShadow shadow;
    private final LeaderContact contact = new LeaderContact();
    private final ReadConfirmations reads;

    /**
     * @param core to look into
     * @param machine the core, or a bug around it
     */
    ObservedMachine(RaftCore core, Machine machine, GroupObserver observer, NodeShadow shadow) {
        this.core = core;
        this.machine = machine;
        this.observer = observer;
        this.shadow = shadow;
        this.reads = new ReadConfirmations(shadow.id);
    }

    @Override
    public List<Effect> on(Input input, long nowNanos) {
        CoreBefore before = CoreBefore.of(core);
        observer.before(shadow, input);
        contact.before(input, core, nowNanos);
        reads.before(input, core);
        List<Effect> effects = machine.on(input, nowNanos);
        observer.after(shadow, core, input, effects, before);
        reads.after(effects, core).ifPresent(wrong -> observer.readsUnconfirmed(shadow, wrong));
        contact.after(input, core, nowNanos).ifPresent(silent -> observer.leadsAlone(shadow, core, silent));
        return effects;
    }
}
