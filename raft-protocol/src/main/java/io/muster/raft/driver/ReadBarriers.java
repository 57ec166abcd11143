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
    private final AtomicInteger count = new AtomicInteger();

    /** By rising request number. */
    private final ArrayDeque<Asked> asked = new ArrayDeque<>();

    private long lastRequest;

    private record Waiting(CompletableFuture<Void> future, long deadlineNanos) {}

    private record Asked(long request, List<Waiting> readers) {}

    /** Takes a reader in; false if there are too many. */
    boolean submit(CompletableFuture<Void> future, long deadlineNanos) {
        if (count.incrementAndGet() > WAITING_MAX) {
            count.decrementAndGet();
            return false;
        }
        queue.add(new Waiting(future, deadlineNanos));
        return true;
    }

    boolean queueIsEmpty() {
        return queue.isEmpty();
    }

    /** Makes one request of all that wait in the queue, and returns its number. */
    long ask() {
        List<Waiting> readers = new ArrayList<>();
        Waiting head = queue.poll();
        while (head != null) {
            readers.add(head);
            head = queue.poll();
        }
        lastRequest++;
        asked.add(new Asked(lastRequest, readers));
        return lastRequest;
    }

    void succeed(long request) {
        Asked answered = take(request);
        if (answered != null) {
            count.addAndGet(-answered.readers.size());
            answered.readers.forEach(reader -> reader.future.complete(null));
        }
    }

    void fail(long request, Supplier<ConsistencyException> error) {
        Asked answered = take(request);
        if (answered != null) {
            failAll(answered.readers, error);
        }
    }

    /** Ends all that wait, asked or not. */
    void failAll(Supplier<ConsistencyException> error) {
        ask();
        while (!asked.isEmpty()) {
            failAll(asked.remove().readers, error);
        }
    }

    void expire(long nowNanos, Supplier<ConsistencyException> error) {
        Waiting head = queue.peek();
        while (head != null && head.deadlineNanos <= nowNanos) {
            queue.remove();
            failAll(List.of(head), error);
            head = queue.peek();
        }
        while (!asked.isEmpty() && deadline(asked.peek()) <= nowNanos) {
            failAll(asked.remove().readers, error);
        }
    }

    /** When the next one is past its time; {@code Long.MAX_VALUE} if there is none. */
    long nextExpiryNanos() {
        Waiting head = queue.peek();
        return Math.min(
                head == null ? Long.MAX_VALUE : head.deadlineNanos,
                asked.isEmpty() ? Long.MAX_VALUE : deadline(asked.peek()));
    }

    private static long deadline(Asked question) {
        return question.readers.isEmpty() ? Long.MIN_VALUE : question.readers.get(0).deadlineNanos;
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
