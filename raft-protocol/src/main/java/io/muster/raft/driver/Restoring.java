package io.muster.raft.driver;

import io.muster.member.port.Time;
import io.muster.raft.InvariantBroken;
import io.muster.raft.RaftMetrics;
import io.muster.raft.StateMachine;
import io.muster.raft.StateMachine.Committed;
import io.muster.raft.StateMachine.SnapshotSink;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.storage.Restorer;
import io.muster.raft.storage.SnapshotMeta;
import java.util.ArrayList;
import java.util.List;

/** Brings the state machine to where the log was known to be committed; keeps the entries behind that. */
final class Restoring<C, R> implements Restorer {

    private final StateMachine<C, R> stateMachine;
    private final Time time;
    private final RaftMetrics metrics;
    private EntryTail tail = new EntryTail(1);
    private long appliedIndex;
    private boolean clientEntries;

    Restoring(StateMachine<C, R> stateMachine, Time time, RaftMetrics metrics) {
        this.stateMachine = stateMachine;
        this.time = time;
        this.metrics = metrics;
    }

    EntryTail tail() {
        return tail;
    }

    /** Whether anything was found that a client wrote, or a snapshot that may hold such. */
    boolean clientEntries() {
        return clientEntries;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    @Override
    public SnapshotSink snapshot(SnapshotMeta meta) {
        begin(meta.index());
        clientEntries = true;
        long sinceNanos = time.monoNanos();
        SnapshotSink sink = stateMachine.snapshotLoad();
        return new SnapshotSink() {
            private long bytesLoaded;

            @Override
            public void chunk(byte[] bytes) {
                bytesLoaded += bytes.length;
                sink.chunk(bytes);
            }

            @Override
            public void done() {
                sink.done();
                metrics.snapshotLoaded(meta.index(), bytesLoaded, time.monoNanos() - sinceNanos);
            }
        };
    }

    @Override
    public void noSnapshot() {
        begin(0);
        // What a damaged snapshot left behind goes.
        stateMachine.snapshotLoad();
    }

    private void begin(long index) {
        tail = new EntryTail(index + 1);
        appliedIndex = index;
    }

    @Override
    public void entry(LogEntry entry) {
        tail.add(entry);
        clientEntries |= entry.payload() instanceof Payload.Command;
    }

    @Override
    public void endsAt(long index) {
        tail.endAt(index);
    }

    /**
     * @throws InvariantBroken if a committed entry is no command, or cannot be applied, though its checksum is right: no other copy of it would be any better. What
     *     stands before it is applied
     */
    @Override
    public void committed(long index) {
        List<Committed<C>> commands = new ArrayList<>();
        for (long i = appliedIndex + 1; i <= index; i++) {
            if (tail.get(i).payload() instanceof Payload.Command command) {
                try {
                    commands.add(new Committed<>(i, decode(i, command)));
                } catch (InvariantBroken unreadable) {
                    apply(commands);
                    throw unreadable;
                }
            }
        }
        apply(commands);
        appliedIndex = index;
        tail.dropThrough(index);
    }

    private void apply(List<Committed<C>> commands) {
        if (commands.isEmpty()) {
            return;
        }
        try {
            stateMachine.apply(commands);
        } catch (RuntimeException e) {
            throw new InvariantBroken(
                    "CommandsApplicable",
                    "committed entries up to "
                            + commands.get(commands.size() - 1).index() + ": " + e);
        }
    }

    private C decode(long index, Payload.Command command) {
        try {
            return stateMachine.decode(command.bytes());
        } catch (UnknownFormatException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new InvariantBroken("CommandsReadable", "committed entry " + index + ": " + e.getMessage());
        }
    }
}
