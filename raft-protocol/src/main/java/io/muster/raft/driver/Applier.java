package io.muster.raft.driver;

import io.muster.member.port.Time;
import io.muster.raft.RaftMetrics;
import io.muster.raft.StateMachine;
import io.muster.raft.StateMachine.Committed;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Applies committed entries in order, each once, and answers who proposed them (duty 6 of the driver). It keeps the entries that are not yet applied
 * and durable.
 */
final class Applier<C, R> {

    private final StateMachine<C, R> stateMachine;
    private final Proposals<C, R> proposals;
    private final Time time;
    private final RaftMetrics metrics;
    private EntryTail tail = new EntryTail(1);
    private long appliedIndex;

    Applier(StateMachine<C, R> stateMachine, Proposals<C, R> proposals, Time time, RaftMetrics metrics) {
        this.stateMachine = stateMachine;
        this.proposals = proposals;
        this.time = time;
        this.metrics = metrics;
    }

    /** Goes on from where the state was restored. */
    void restored(EntryTail restoredTail, long restoredIndex) {
        tail = restoredTail;
        appliedIndex = restoredIndex;
    }

    EntryTail tail() {
        return tail;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    void add(LogEntry entry) {
        tail.add(entry);
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
        long sinceNanos = time.monoNanos();
        List<Committed<C>> commands = new ArrayList<>();
        List<Optional<Proposal<C, R>>> proposers = new ArrayList<>();
        for (long index = appliedIndex + 1; index <= commitIndex; index++) {
            if (tail.get(index).payload() instanceof Payload.Command command) {
                Optional<Proposal<C, R>> proposer = proposals.takeApplied(index);
                C decoded = proposer.isPresent() ? proposer.get().command() : stateMachine.decode(command.bytes());
                commands.add(new Committed<>(index, decoded));
                proposers.add(proposer);
            }
        }
        List<R> results = commands.isEmpty() ? List.of() : stateMachine.apply(commands);
        metrics.applied((int) (commitIndex - appliedIndex), time.monoNanos() - sinceNanos);
        appliedIndex = commitIndex;
        List<Runnable> answers = new ArrayList<>(results.size());
        for (int i = 0; i < results.size(); i++) {
            R result = results.get(i);
            proposers.get(i).ifPresent(proposal -> answers.add(() -> proposals.succeed(proposal, result)));
        }
        return answers;
    }
}
