package io.muster.raft.driver;

import io.muster.member.port.Time;
import io.muster.raft.RaftMetrics;
import io.muster.raft.StateMachine;
import io.muster.raft.StateMachine.Committed;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Applies committed entries in order, each once, and answers who proposed them (duty 6 of the driver). It keeps the entries that are not yet applied
 * and durable.
 */
final class Applier<C, R> {

    private final StateMachine<C, R> stateMachine;
    private final Proposals<C, R> proposals;
    private final Time time;
    private final RaftMetrics metrics;
    private final Consumer<StateDigest> digests;
    private final long digestEvery;
    private EntryTail tail = new EntryTail(1);
    private long appliedIndex;

    /** Whether log or state hold anything that a client wrote. */
    private boolean clientEntries;

    /**
     * @param digests is told the digest at each index at which one is taken (R15)
     * @param digestEvery which indices those are: all that this divides
     */
    Applier(
            StateMachine<C, R> stateMachine,
            Proposals<C, R> proposals,
            Time time,
            RaftMetrics metrics,
            Consumer<StateDigest> digests,
            long digestEvery) {
        this.stateMachine = stateMachine;
        this.proposals = proposals;
        this.time = time;
        this.metrics = metrics;
        this.digests = digests;
        this.digestEvery = digestEvery;
    }

    /** Goes on from where the state was restored. */
    void restored(Restoring<C, R> restoring) {
        tail = restoring.tail();
        appliedIndex = restoring.appliedIndex();
        clientEntries = restoring.clientEntries();
    }

    /** The state is that of a snapshot now. */
    void installed(long index, boolean logIsKept) {
        if (logIsKept) {
            tail.dropThrough(index);
        } else {
            tail = new EntryTail(index + 1);
        }
        appliedIndex = index;
        clientEntries = true;
    }

    EntryTail tail() {
        return tail;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    boolean clientEntries() {
        return clientEntries;
    }

    void add(LogEntry entry) {
        tail.add(entry);
        clientEntries |= entry.payload() instanceof Payload.Command;
    }

    /** Entries up to the index are durable here; those that are applied, too, need not be kept. */
    void durable(long index) {
        tail.dropThrough(Math.min(appliedIndex, index));
    }

    /**
     * Applies up to the index. Proposals made here are applied as their proposers' own objects, others are read from their bytes.
     *
     * @return what is to be told to the proposers, when everything else is done
     */
    List<Runnable> apply(long commitIndex) {
        List<Runnable> answers = new ArrayList<>();
        while (appliedIndex < commitIndex) {
            long digestIndex = (appliedIndex / digestEvery + 1) * digestEvery;
            applyThrough(Math.min(commitIndex, digestIndex), answers);
            if (appliedIndex == digestIndex) {
                digests.accept(new StateDigest(digestIndex, stateMachine.digest()));
            }
        }
        return answers;
    }

    private void applyThrough(long last, List<Runnable> answers) {
        long sinceNanos = time.monoNanos();
        List<Committed<C>> commands = new ArrayList<>();
        for (long index = appliedIndex + 1; index <= last; index++) {
            if (tail.get(index).payload() instanceof Payload.Command command) {
                C own = proposals.takeApplied(index);
                commands.add(new Committed<>(index, own != null ? own : stateMachine.decode(command.bytes())));
            }
        }
        List<R> results = commands.isEmpty() ? List.of() : stateMachine.apply(commands);
        metrics.applied((int) (last - appliedIndex), time.monoNanos() - sinceNanos);
        appliedIndex = last;
        for (int i = 0; i < results.size(); i++) {
            R result = results.get(i);
            long request = stateMachine.requestOf(commands.get(i).command());
            if (request > 0) {
                proposals
                        .takeAnswered(request)
                        .ifPresent(proposal -> answers.add(() -> proposals.succeed(proposal, result)));
            }
        }
    }
}
