package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Linearizable reads that wait (R24). All that gather before the core is asked share one question. {@link #submit} is for any thread. */
final class ReadBarriers {

    /** Bound on readers that wait. */
    static final int WAITING_MAX = 100_000;

    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();

    /** Refused once, to be asked for again; before the queue. */
    private final ArrayDeque<Waiting> again = new ArrayDeque<>();

    private final AtomicInteger count = new AtomicInteger();

    /** By rising request number. */
    private final ArrayDeque<Asked> asked = new ArrayDeque<>();

    /** Bounded like all that wait. */
    private final List<Granted> granted = new ArrayList<>();

    private long lastRequest;

    /** Nobody vouches for reads now. To ask on would be a storm of questions and refusals, as fast as they get through. */
    private boolean held;

    private record Waiting(CompletableFuture<Void> future, long deadlineNanos) {}

    private record Asked(long request, List<Waiting> readers) {}

    /** Readers that were told up to where their reads must be applied. */
    private record Granted(long index, List<Waiting> readers) {}

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
        List<Waiting> readers = new ArrayList<>(again);
        again.clear();
        Waiting head = queue.poll();
        while (head != null) {
            readers.add(head);
            head = queue.poll();
        }
        lastRequest++;
        asked.add(new Asked(lastRequest, readers));
        return lastRequest;
    }

    /** The reads of the request are linearizable once the index is applied. */
    void granted(long request, long index) {
        Asked answered = take(request);
        if (answered != null) {
            granted.add(new Granted(index, answered.readers));
        }
    }

    /** Up to the index everything is applied here. */
    void appliedTo(long index) {
        for (int i = 0; i < granted.size(); i++) {
            Granted head = granted.get(i);
            if (head.index <= index) {
                granted.remove(i);
                i--;
                count.addAndGet(-head.readers.size());
                head.readers.forEach(reader -> reader.future.complete(null));
            }
        }
    }

    /** Nobody vouches for these reads now: they ask again after {@link #goOn}, in the time that they have left. */
    void refused(long request) {
        held = true;
        Asked answered = take(request);
        if (answered != null) {
            again.addAll(answered.readers);
        }
    }

    /** Ends all that wait, asked or not. */
    void failAll(Supplier<ConsistencyException> error) {
        ask();
        while (!asked.isEmpty()) {
            failAll(asked.remove().readers, error);
        }
        List<Granted> all = List.copyOf(granted);
        granted.clear();
        all.forEach(one -> failAll(one.readers, error));
    }

    void expire(long nowNanos, Supplier<ConsistencyException> error) {
        Waiting head = queue.peek();
        while (head != null && head.deadlineNanos <= nowNanos) {
            queue.remove();
            failAll(List.of(head), error);
            head = queue.peek();
        }
        while (!again.isEmpty() && again.peek().deadlineNanos <= nowNanos) {
            failAll(List.of(again.remove()), error);
        }
        while (!asked.isEmpty() && deadline(asked.peek().readers) <= nowNanos) {
            failAll(asked.remove().readers, error);
        }
        while (!granted.isEmpty() && deadline(granted.get(0).readers) <= nowNanos) {
            failAll(granted.remove(0).readers, error);
        }
    }

    /** When the next one is past its time; {@code Long.MAX_VALUE} if there is none. */
    long nextExpiryNanos() {
        Waiting head = queue.peek();
        Waiting first = again.peek();
        long waiting = Math.min(
                head == null ? Long.MAX_VALUE : head.deadlineNanos,
                first == null ? Long.MAX_VALUE : first.deadlineNanos);
        long answered = granted.isEmpty() ? Long.MAX_VALUE : deadline(granted.get(0).readers);
        long open = asked.isEmpty() ? Long.MAX_VALUE : deadline(asked.peek().readers);
        return Math.min(waiting, Math.min(answered, open));
    }

    private static long deadline(List<Waiting> readers) {
        return readers.isEmpty() ? Long.MIN_VALUE : readers.get(0).deadlineNanos;
    }

    private void failAll(List<Waiting> readers, Supplier<ConsistencyException> error) {
        count.addAndGet(-readers.size());
        readers.forEach(reader -> reader.future.completeExceptionally(error.get()));
    }

    private @Nullable Asked take(long request) {
        for (Asked question : asked) {
            if (question.request == request) {
                asked.remove(question);
                return question;
            }
        }
        return null;
    }
}
