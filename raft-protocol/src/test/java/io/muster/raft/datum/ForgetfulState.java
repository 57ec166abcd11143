package io.muster.raft.datum;

import io.muster.raft.StateMachine;
import io.muster.raft.engine.ForwardingStateMachine;
import java.util.List;

/** A state whose snapshots lack the requests applied lately: after one is loaded, none of them is known any more. */
public final class ForgetfulState extends ForwardingStateMachine<DatumCommand<String>, DatumResult<String>> {

    /** How often it has forgotten; the requests of each time have other names. */
    private long forgotten;

    public ForgetfulState(StateMachine<DatumCommand<String>, DatumResult<String>> machine) {
        super(machine);
    }

    @Override
    public SnapshotSink snapshotLoad() {
        forgotten++;
        return super.snapshotLoad();
    }

    @Override
    public SnapshotSink snapshotInstall(long index) {
        forgotten++;
        return super.snapshotInstall(index);
    }

    @Override
    public List<DatumResult<String>> apply(List<Committed<DatumCommand<String>>> commands) {
        return super.apply(commands.stream()
                .map(each -> new Committed<>(each.index(), renamed(each.command())))
                .toList());
    }

    private DatumCommand<String> renamed(DatumCommand<String> command) {
        RequestId request = command.request();
        RequestId other = new RequestId(request.node(), request.runId() + forgotten, request.sequence());
        return RottenState.copy(command, other, command.changes());
    }
}
