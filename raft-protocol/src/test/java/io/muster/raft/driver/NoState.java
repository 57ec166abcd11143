package io.muster.raft.driver;

import io.muster.raft.StateMachine;
import java.util.List;
import java.util.Optional;

/** A state machine that keeps nothing. */
final class NoState implements StateMachine<String, String> {

    @Override
    public String decode(byte[] command) {
        return "";
    }

    @Override
    public String leaves(String command, byte[] bytes, long committedIndex) {
        return command;
    }

    @Override
    public List<String> apply(List<Committed<String>> commands) {
        return commands.stream().map(Committed::command).toList();
    }

    @Override
    public long growthBytesMax(String command) {
        return 0;
    }

    @Override
    public long snapshotBytes() {
        return 0;
    }

    @Override
    public String digest() {
        return "1-0";
    }

    @Override
    public void leaderStart(long term) {}

    @Override
    public void leaderStop() {}

    @Override
    public SnapshotSource snapshotSave() {
        return new SnapshotSource() {
            @Override
            public Optional<byte[]> next() {
                return Optional.empty();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public SnapshotSink snapshotLoad() {
        return new SnapshotSink() {
            @Override
            public void chunk(byte[] bytes) {}

            @Override
            public void done() {}
        };
    }

    @Override
    public SnapshotSink snapshotInstall(long index) {
        return snapshotLoad();
    }

    @Override
    public void clear() {}

    @Override
    public long requestOf(String command) {
        return 0;
    }

    @Override
    public void restored() {}
}
