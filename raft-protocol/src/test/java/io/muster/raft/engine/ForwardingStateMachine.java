package io.muster.raft.engine;

import io.muster.raft.StateMachine;
import java.util.List;

/** A state machine that passes everything on; bugs are planted, and watchers put in, by overriding. */
public class ForwardingStateMachine<C, R> implements StateMachine<C, R> {

    protected final StateMachine<C, R> machine;

    protected ForwardingStateMachine(StateMachine<C, R> machine) {
        this.machine = machine;
    }

    @Override
    public C decode(byte[] command) {
        return machine.decode(command);
    }

    @Override
    public C leaves(C command, byte[] bytes, long committedIndex) {
        return machine.leaves(command, bytes, committedIndex);
    }

    @Override
    public List<R> apply(List<Committed<C>> commands) {
        return machine.apply(commands);
    }

    @Override
    public long growthBytesMax(C command) {
        return machine.growthBytesMax(command);
    }

    @Override
    public long snapshotBytes() {
        return machine.snapshotBytes();
    }

    @Override
    public String digest() {
        return machine.digest();
    }

    @Override
    public void leaderStart(long term) {
        machine.leaderStart(term);
    }

    @Override
    public void leaderStop() {
        machine.leaderStop();
    }

    @Override
    public SnapshotSource snapshotSave() {
        return machine.snapshotSave();
    }

    @Override
    public SnapshotSink snapshotLoad() {
        return machine.snapshotLoad();
    }

    @Override
    public SnapshotSink snapshotInstall(long index) {
        return machine.snapshotInstall(index);
    }

    @Override
    public void clear() {
        machine.clear();
    }

    @Override
    public long requestOf(C command) {
        return machine.requestOf(command);
    }

    @Override
    public void restored() {
        machine.restored();
    }
}
