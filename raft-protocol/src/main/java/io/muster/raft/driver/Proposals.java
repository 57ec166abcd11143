package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.ConsistencyException.NotEnoughMembers;
import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftMetrics.WriteFailure;
import io.muster.raft.storage.RaftStorage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * All commands that were submitted and have not ended: first they wait in the queue, where refusing them is definite; then they are in the log under
 * an index, where only applying them, or their deadline, ends them (R17).
 *
 * <p>{@link #submit} is for any thread. Bounded by the bytes of both parts together (X17).
 */
final class Proposals<C, R> {

    private final long bytesMax;
    private final RaftMetrics metrics;

    /** In order of arrival, and so of their deadlines. */
    private final Queue<Proposal<C, R>> queue = new ConcurrentLinkedQueue<>();

    /** In order of their indices, and so of their deadlines. */
    private final ArrayDeque<InLog<C, R>> inLog = new ArrayDeque<>();

    /** Of all commands in both. */
    private final AtomicLong bytes = new AtomicLong();

    /** By how much the commands in the log may grow the state. */
    private long growthInLog;

    private record InLog<C, R>(long index, Proposal<C, R> proposal) {}

    Proposals(long bytesMax, RaftMetrics metrics) {
        this.bytesMax = bytesMax;
        this.metrics = metrics;
    }

    /** Takes a command in; fails it at once if there is no room. Any thread. */
    void submit(Proposal<C, R> proposal) {
        long length = proposal.bytes().length;
        if (bytes.addAndGet(length) > bytesMax) {
            bytes.addAndGet(-length);
            metrics.writeFailed(WriteFailure.OVERLOADED);
            proposal.fail(new Overloaded("the write queue holds its " + bytesMax + " bytes"));
            return;
        }
        queue.add(proposal);
    }

    long bytes() {
        return bytes.get();
    }

    boolean queueIsEmpty() {
        return queue.isEmpty();
    }

    /** What the next batch would be: as many commands as fit, and one at least if there is any. */
    Batch<C, R> nextBatch(int entryBytesMax) {
        List<Proposal<C, R>> batch = new ArrayList<>();
        int entryBytes = 0;
        for (Proposal<C, R> proposal : queue) {
            int more = RaftStorage.entryBytes(proposal.bytes().length);
            if (!batch.isEmpty() && entryBytes + more > entryBytesMax) {
                break;
            }
            batch.add(proposal);
            entryBytes += more;
        }
        return new Batch<>(batch, entryBytes);
    }

    /** Takes a batch out of the queue; its commands must go to the log or be refused. */
    void remove(Batch<C, R> batch) {
        for (int i = 0; i < batch.proposals.size(); i++) {
            queue.remove();
        }
    }

    /**
     * Commands at the head of the queue.
     *
     * @param entryBytes that they take in the log
     */
    record Batch<C, R>(List<Proposal<C, R>> proposals, int entryBytes) {}

    long growthInLog() {
        return growthInLog;
    }

    void enteredLog(long index, Proposal<C, R> proposal) {
        growthInLog += proposal.growthBytesMax();
        inLog.add(new InLog<>(index, proposal));
    }

    /** Who proposed the entry at the index, if it was here and still waits; ask for rising indices. */
    Optional<Proposal<C, R>> takeApplied(long index) {
        InLog<C, R> head = inLog.peek();
        if (head == null || head.index > index) {
            return Optional.empty();
        }
        inLog.remove();
        growthInLog -= head.proposal.growthBytesMax();
        return Optional.of(head.proposal);
    }

    void succeed(Proposal<C, R> proposal, R result) {
        released(proposal);
        proposal.succeed(result);
    }

    void refuse(Proposal<C, R> proposal, ConsistencyException error) {
        released(proposal);
        metrics.writeFailed(kindOf(error));
        proposal.fail(error);
    }

    /** Ends everything in the queue. */
    void refuseQueue(Supplier<ConsistencyException> error) {
        Proposal<C, R> head = queue.poll();
        while (head != null) {
            refuse(head, error.get());
            head = queue.poll();
        }
    }

    /** The entries from the index on are gone from this log; whether they live on elsewhere nobody here knows. */
    void discarded(long fromIndex) {
        while (!inLog.isEmpty() && inLog.getLast().index >= fromIndex) {
            outcomeUnknown(inLog.removeLast(), "another leader replaced the entry");
        }
    }

    /** Nothing more will be applied here. */
    void abandonLog(String why) {
        while (!inLog.isEmpty()) {
            outcomeUnknown(inLog.remove(), why);
        }
    }

    /** Ends what is past its time. */
    void expire(long nowNanos, Supplier<ConsistencyException> whyNotInLog) {
        Proposal<C, R> head = queue.peek();
        while (head != null && head.refuseAtNanos() <= nowNanos) {
            queue.remove();
            refuse(head, whyNotInLog.get());
            head = queue.peek();
        }
        while (!inLog.isEmpty() && inLog.peek().proposal.deadlineNanos() <= nowNanos) {
            outcomeUnknown(inLog.remove(), "not known to be committed within the write timeout");
        }
    }

    /** When the next one is past its time; {@code Long.MAX_VALUE} if there is none. */
    long nextExpiryNanos() {
        Proposal<C, R> waiting = queue.peek();
        InLog<C, R> logged = inLog.peek();
        return Math.min(
                waiting == null ? Long.MAX_VALUE : waiting.refuseAtNanos(),
                logged == null ? Long.MAX_VALUE : logged.proposal.deadlineNanos());
    }

    private void outcomeUnknown(InLog<C, R> ended, String why) {
        growthInLog -= ended.proposal.growthBytesMax();
        released(ended.proposal);
        metrics.writeFailed(WriteFailure.OUTCOME_UNKNOWN);
        ended.proposal.fail(new OutcomeUnknown("log index " + ended.index + ": " + why));
    }

    private void released(Proposal<C, R> proposal) {
        bytes.addAndGet(-proposal.bytes().length);
    }

    private static WriteFailure kindOf(ConsistencyException error) {
        if (error instanceof NoLeader || error instanceof NotEnoughMembers) {
            return WriteFailure.NO_LEADER;
        }
        return error instanceof Overloaded ? WriteFailure.OVERLOADED : WriteFailure.NOT_READY;
    }
}
