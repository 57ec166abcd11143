package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Linearizable reads that wait (R24). All that gather before the core is asked share one question. {@link #submit} is for any thread. */
final class ReadBarriers {

    /** Bound on readers that wait. */
    static final int WAITING_MAX = 100_000;

    /** In order of arrival, and so of their deadlines. */
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();

    /** Refused once, to be asked for again; before the queue. */
    private final List<Batch> again = new ArrayList<>();

    private final AtomicInteger count = new AtomicInteger();

    /** By request number. Those of a batch have deadlines of their own: what waits with others ends no sooner, and no later, for it. */
    private final LinkedHashMap<Long, Batch> asked = new LinkedHashMap<>();

    /** Told up to where their reads must be applied. Bounded like all that wait. */
    private final List<Granted> granted = new ArrayList<>();

    /** No deadline of a batch is before this; looked up anew when it is past. */
    private long noneBeforeNanos = Long.MAX_VALUE;

    private long lastRequest;

    /** Nobody vouches for reads now. To ask on would be a storm of questions and refusals, as fast as they get through. */
    private boolean held;

    private record Waiting(CompletableFuture<Void> future, long deadlineNanos) {}

    private record Batch(List<Waiting> readers) {

        /** Takes out those who are past their time. */
        List<Waiting> takeLate(long nowNanos) {
            List<Waiting> late = readers.stream()
                    .filter(reader -> reader.deadlineNanos <= nowNanos)
                    .toList();
            readers.removeIf(reader -> reader.deadlineNanos <= nowNanos);
            return late;
        }

        long earliestNanos() {
            return readers.stream().mapToLong(Waiting::deadlineNanos).min().orElse(Long.MAX_VALUE);
        }
    }

    private record Granted(long index, Batch batch) {}

    /** Takes a reader in; false if there are too many. */
    boolean submit(CompletableFuture<Void> future, long deadlineNanos) {
        if (count.incrementAndGet() > WAITING_MAX) {
            count.decrementAndGet();
            return false;
        }
        queue.add(new Waiting(future, deadlineNanos));
        return true;
    }

    /** Whether anybody waits to be asked for, and asking makes sense. */
    boolean mayAsk() {
        return !held && !(queue.isEmpty() && again.isEmpty());
    }

    /** Whoever refused may have changed its mind, or there may be somebody else to ask. */
    void goOn() {
        held = false;
    }

    /** Makes one request of all that wait in the queue, and returns its number. */
    long ask() {
        List<Waiting> readers = new ArrayList<>();
        again.forEach(batch -> readers.addAll(batch.readers));
        again.clear();
        Waiting head = queue.poll();
        while (head != null) {
            readers.add(head);
            head = queue.poll();
        }
        Batch batch = new Batch(readers);
        noneBeforeNanos = Math.min(noneBeforeNanos, batch.earliestNanos());
        lastRequest++;
        asked.put(lastRequest, batch);
        return lastRequest;
    }

    /** The reads of the request are linearizable once the index is applied. */
    void granted(long request, long index) {
        Batch answered = asked.remove(request);
        if (answered != null) {
            granted.add(new Granted(index, answered));
        }
    }

    /** Up to the index everything is applied here. */
    void appliedTo(long index) {
        for (int i = 0; i < granted.size(); i++) {
            Granted head = granted.get(i);
            if (head.index <= index) {
                granted.remove(i);
                i--;
                count.addAndGet(-head.batch.readers.size());
                head.batch.readers.forEach(reader -> reader.future.complete(null));
            }
        }
    }

    /** Nobody vouches for these reads now: they ask again after {@link #goOn}, in the time that they have left. */
    void refused(long request) {
        held = true;
        Batch answered = asked.remove(request);
        if (answered != null && !answered.readers.isEmpty()) {
            again.add(answered);
        }
    }

    /** Ends all that wait, asked or not. */
    void failAll(Supplier<ConsistencyException> error) {
        ask();
        List<Batch> all = batches();
        asked.clear();
        granted.clear();
        all.forEach(batch -> failAll(batch.readers, error));
    }

    /** Ends each that is past its time. */
    void expire(long nowNanos, Supplier<ConsistencyException> error) {
        Waiting head = queue.peek();
        while (head != null && head.deadlineNanos <= nowNanos) {
            queue.remove();
            failAll(List.of(head), error);
            head = queue.peek();
        }
        if (noneBeforeNanos <= nowNanos) {
            List<Waiting> late = new ArrayList<>();
            batches().forEach(batch -> late.addAll(batch.takeLate(nowNanos)));
            again.removeIf(batch -> batch.readers.isEmpty());
            asked.values().removeIf(batch -> batch.readers.isEmpty());
            granted.removeIf(one -> one.batch.readers.isEmpty());
            noneBeforeNanos =
                    batches().stream().mapToLong(Batch::earliestNanos).min().orElse(Long.MAX_VALUE);
            failAll(late, error);
        }
    }

    private List<Batch> batches() {
        List<Batch> all = new ArrayList<>(again);
        all.addAll(asked.values());
        granted.forEach(one -> all.add(one.batch));
        return all;
    }

    /** When {@link #expire} has something to do; {@code Long.MAX_VALUE} if nobody waits. */
    long nextExpiryNanos() {
        Waiting head = queue.peek();
        return Math.min(head == null ? Long.MAX_VALUE : head.deadlineNanos, noneBeforeNanos);
    }

    private void failAll(List<Waiting> readers, Supplier<ConsistencyException> error) {
        count.addAndGet(-readers.size());
        readers.forEach(reader -> reader.future.completeExceptionally(error.get()));
    }
}
