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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All commands that were submitted and have not ended. First they wait in the queue, where refusing them is definite. Then they are on their way: in this
 * node's log, or sent to the leader, where only applying them, a refusal of every sending, or their deadline ends them (R17). What was lost on the way
 * is proposed again under its old name, with the next leader if need be: applied twice it takes effect once.
 *
 * <p>{@link #submit} is for any thread. Bounded by the bytes of all together (X17).
 */
final class Proposals<C, R> {

    private final long bytesMax;
    private final RaftMetrics metrics;

    /** In order of arrival, and so of their deadlines. */
    private final Queue<Proposal<C, R>> queue = new ConcurrentLinkedQueue<>();

    /** Those on their way that are to be proposed again; before the queue. */
    private final LinkedHashSet<Proposal<C, R>> again = new LinkedHashSet<>();

    /** What this node put into its log, in order of the indices. */
    private final ArrayDeque<InLog<C, R>> inLog = new ArrayDeque<>();

    /** This process's commands on their way, by request, in order of their deadlines. */
    private final LinkedHashMap<Long, Proposal<C, R>> onTheirWay = new LinkedHashMap<>();

    /** Of all commands together. */
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

    /** Whether nothing waits to be proposed. */
    boolean queueIsEmpty() {
        return queue.isEmpty() && again.isEmpty();
    }

    /** What the next batch would be: as many commands as fit, and one at least if there is any. */
    Batch<C, R> nextBatch(int entryBytesMax) {
        again.removeIf(Proposal::ended);
        Batch<C, R> batch = new Batch<>(entryBytesMax);
        for (Proposal<C, R> proposal : again) {
            if (!batch.add(proposal)) {
                return batch;
            }
        }
        for (Proposal<C, R> proposal : queue) {
            if (!batch.add(proposal)) {
                return batch;
            }
        }
        return batch;
    }

    /** Takes a batch out; its commands must be proposed or refused. */
    void remove(Batch<C, R> batch) {
        for (Proposal<C, R> proposal : batch.proposals) {
            if (!again.remove(proposal)) {
                queue.remove();
            }
        }
    }

    /** Commands at the head of the queue. */
    static final class Batch<C, R> {
        private final int entryBytesMax;
        private final List<Proposal<C, R>> proposals = new ArrayList<>();
        private int entryBytes;

        Batch(int entryBytesMax) {
            this.entryBytesMax = entryBytesMax;
        }

        private boolean add(Proposal<C, R> proposal) {
            int more = RaftStorage.entryBytes(proposal.bytes().length);
            if (!proposals.isEmpty() && entryBytes + more > entryBytesMax) {
                return false;
            }
            proposals.add(proposal);
            entryBytes += more;
            return true;
        }

        List<Proposal<C, R>> proposals() {
            return proposals;
        }

        /** That they take in the log. */
        int entryBytes() {
            return entryBytes;
        }
    }

    long growthInLog() {
        return growthInLog;
    }

    // On their way.

    void enteredLog(long index, Proposal<C, R> proposal) {
        growthInLog += proposal.growthBytesMax();
        inLog.add(new InLog<>(index, proposal));
        proposal.logged();
        onItsWay(proposal);
    }

    /** The command may be in a log from now on. */
    void onItsWay(Proposal<C, R> proposal) {
        if (proposal.isLocal()) {
            onTheirWay.putIfAbsent(proposal.request(), proposal);
        }
    }

    /** The command of the entry at the index, if it was proposed here; ask for rising indices. */
    @Nullable
    C takeApplied(long index) {
        InLog<C, R> head = inLog.peek();
        if (head == null || head.index != index) {
            return null;
        }
        inLog.remove();
        leftLog(head.proposal);
        return head.proposal.command();
    }

    private void leftLog(Proposal<C, R> proposal) {
        growthInLog -= proposal.growthBytesMax();
        if (!proposal.isLocal()) {
            released(proposal);
        }
    }

    /** Who waits for the request that has just been applied. */
    Optional<Proposal<C, R>> takeAnswered(long request) {
        return Optional.ofNullable(onTheirWay.remove(request));
    }

    void succeed(Proposal<C, R> proposal, R result) {
        released(proposal);
        proposal.succeed(result);
    }

    /** The entries from the index on are gone from this log; what is still waited for is proposed again. */
    void discarded(long fromIndex) {
        ArrayDeque<Proposal<C, R>> gone = new ArrayDeque<>();
        while (!inLog.isEmpty() && inLog.getLast().index >= fromIndex) {
            Proposal<C, R> proposal = inLog.removeLast().proposal;
            leftLog(proposal);
            gone.addFirst(proposal);
        }
        gone.stream().filter(this::isAwaited).forEach(again::add);
    }

    /** A snapshot took the place of entries that were never applied here: what was in them shows only when it is proposed again. */
    void stateJumped() {
        discarded(0);
        again.addAll(onTheirWay.values());
    }

    /** The core did not take it after all: it waits on. */
    void putBack(Proposal<C, R> proposal) {
        again.add(proposal);
    }

    /** Those of them that are still waited for are proposed again. */
    void repeat(List<Proposal<C, R>> proposals) {
        proposals.stream().filter(this::isAwaited).forEach(again::add);
    }

    private boolean isAwaited(Proposal<C, R> proposal) {
        return onTheirWay.get(proposal.request()) == proposal;
    }

    /** This process's commands that were sent to a leader and not refused, before the time. */
    List<Proposal<C, R>> sentBefore(long nanos) {
        List<Proposal<C, R>> sent = new ArrayList<>();
        for (Proposal<C, R> proposal : onTheirWay.values()) {
            if (proposal.isSent() && proposal.sentAtNanos() <= nanos) {
                sent.add(proposal);
            }
        }
        return sent;
    }

    // Ends.

    void refuse(Proposal<C, R> proposal, ConsistencyException error) {
        if (proposal.isLocal()) {
            onTheirWay.remove(proposal.request());
        }
        released(proposal);
        metrics.writeFailed(kindOf(error));
        proposal.fail(error);
    }

    /** Ends everything that is in no log for sure. */
    void refuseQueue(Supplier<ConsistencyException> error) {
        refuseNowhere(Long.MAX_VALUE, error);
        Proposal<C, R> head = queue.poll();
        while (head != null) {
            refuse(head, error.get());
            head = queue.poll();
        }
    }

    /** Ends what other members passed on and is in no log: they have it, and find the next leader. */
    void refusePassedOn(Supplier<ConsistencyException> error) {
        List<Proposal<C, R>> passedOn =
                queue.stream().filter(proposal -> !proposal.isLocal()).toList();
        queue.removeAll(passedOn);
        List<Proposal<C, R>> putBack =
                again.stream().filter(proposal -> !proposal.isLocal()).toList();
        putBack.forEach(again::remove);
        putBack.forEach(proposal -> refuse(proposal, error.get()));
        passedOn.forEach(proposal -> refuse(proposal, error.get()));
    }

    private void refuseNowhere(long nowNanos, Supplier<ConsistencyException> error) {
        List<Proposal<C, R>> nowhere = again.stream()
                .filter(proposal -> !proposal.ended()
                        && proposal.isNowhere()
                        && (proposal.refuseAtNanos() <= nowNanos || nowNanos == Long.MAX_VALUE))
                .toList();
        nowhere.forEach(again::remove);
        nowhere.forEach(proposal -> refuse(proposal, error.get()));
    }

    /** Nothing more will be applied here. */
    void abandonLog(String why) {
        inLog.forEach(one -> leftLog(one.proposal));
        inLog.clear();
        again.clear();
        List<Proposal<C, R>> all = List.copyOf(onTheirWay.values());
        onTheirWay.clear();
        all.forEach(proposal -> outcomeUnknown(proposal, why));
    }

    /** Ends what is past its time. */
    void expire(long nowNanos, Supplier<ConsistencyException> whyNotInLog) {
        Proposal<C, R> head = queue.peek();
        while (head != null && head.refuseAtNanos() <= nowNanos) {
            queue.remove();
            refuse(head, whyNotInLog.get());
            head = queue.peek();
        }
        refuseNowhere(nowNanos, whyNotInLog);
        Iterator<Map.Entry<Long, Proposal<C, R>>> sent = onTheirWay.entrySet().iterator();
        List<Proposal<C, R>> late = new ArrayList<>();
        while (sent.hasNext()) {
            Proposal<C, R> proposal = sent.next().getValue();
            if (proposal.deadlineNanos() > nowNanos) {
                break;
            }
            sent.remove();
            late.add(proposal);
        }
        late.forEach(proposal -> outcomeUnknown(proposal, "not known to be committed within the write timeout"));
    }

    /** When the next one is past its time; {@code Long.MAX_VALUE} if there is none. */
    long nextExpiryNanos() {
        Proposal<C, R> waiting = queue.peek();
        long next = waiting == null ? Long.MAX_VALUE : waiting.refuseAtNanos();
        for (Proposal<C, R> proposal : again) {
            // Refusals come in any order, so these do not stand in that of their deadlines.
            if (proposal.isNowhere() && !proposal.ended()) {
                next = Math.min(next, proposal.refuseAtNanos());
            }
        }
        Iterator<Proposal<C, R>> sent = onTheirWay.values().iterator();
        return sent.hasNext() ? Math.min(next, sent.next().deadlineNanos()) : next;
    }

    private void outcomeUnknown(Proposal<C, R> proposal, String why) {
        released(proposal);
        metrics.writeFailed(WriteFailure.OUTCOME_UNKNOWN);
        proposal.fail(new OutcomeUnknown(why));
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
