package io.muster.testkit.load;

import io.muster.testkit.client.Answer;
import io.muster.testkit.client.History;
import io.muster.testkit.client.Outcome;
import io.muster.testkit.client.RegistryClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Writers and linearizable readers of persistent registers, each one operation at a time through any node. No value is
 * written twice, so that a checker can tell whose it is.
 */
public final class RegisterLoad implements AutoCloseable {

    /**
     * One side of the load.
     *
     * @param ok operations that happened
     * @param failed operations that did not
     * @param unknown operations that may have
     * @param longestTook of any one operation
     * @param longestDrought longest time without one that happened, from start or success to success or now
     */
    public record Side(long ok, long failed, long unknown, Duration longestTook, Duration longestDrought) {}

    /** What happened so far. */
    public record Report(Side writes, Side reads) {}

    private final Timers timers;
    private final Tally writes = new Tally();
    private final Tally reads = new Tally();

    private RegisterLoad(int clients) {
        this.timers = new Timers("register load", clients);
    }

    /**
     * Starts writers w1, w2, … and readers r1, r2, …, each with one register after the other.
     *
     * @param interval between two operations of one client; a slow operation takes the next one's turn
     */
    public static RegisterLoad start(
            RegistryClient client, History history, List<String> keys, int writers, int readers, Duration interval) {
        RegisterLoad load = new RegisterLoad(writers + readers);
        List<Runnable> turns = new ArrayList<>();
        for (int i = 1; i <= writers; i++) {
            turns.add(load.writer(client.recordedAs("w" + i, history), "w" + i, keys, i));
        }
        for (int i = 1; i <= readers; i++) {
            turns.add(load.reader(client.recordedAs("r" + i, history), keys, i));
        }
        for (int i = 0; i < turns.size(); i++) {
            load.timers.every(interval, (double) i / turns.size(), turns.get(i));
        }
        return load;
    }

    private Runnable writer(RegistryClient client, String name, List<String> keys, int offset) {
        AtomicLong count = new AtomicLong();
        return oneAtATime(writes, () -> {
            long number = count.incrementAndGet();
            return client.write(keys.get((int) ((number + offset) % keys.size())), name + "-" + number);
        });
    }

    private Runnable reader(RegistryClient client, List<String> keys, int offset) {
        AtomicLong count = new AtomicLong();
        return oneAtATime(
                reads,
                () -> client.readLinearizable(keys.get((int) ((count.incrementAndGet() + offset) % keys.size()))));
    }

    private Runnable oneAtATime(Tally tally, Supplier<CompletableFuture<Answer>> operation) {
        AtomicBoolean busy = new AtomicBoolean();
        return () -> {
            if (!busy.compareAndSet(false, true)) {
                return;
            }
            if (!timers.begin()) {
                throw new IllegalStateException("there is room for every client");
            }
            operation.get().whenComplete((answer, failure) -> {
                if (failure == null) {
                    tally.add(answer);
                }
                timers.end();
                busy.set(false);
            });
        };
    }

    public Report report() {
        return new Report(writes.side(), reads.side());
    }

    public Report stop() {
        timers.close();
        return report();
    }

    @Override
    public void close() {
        timers.close();
    }

    /** Counts of one side. Any thread. */
    private static final class Tally {

        private final LongAdder ok = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final LongAdder unknown = new LongAdder();
        private final AtomicLong longestTookNanos = new AtomicLong();

        /** Guarded by this, as the one below. */
        private long lastOkNanos = System.nanoTime();

        private long longestDroughtNanos;

        void add(Answer answer) {
            (answer.isOk() ? ok : answer.outcome() == Outcome.FAILED ? failed : unknown).increment();
            longestTookNanos.accumulateAndGet(answer.took().toNanos(), Math::max);
            if (answer.isOk()) {
                endDrought();
            }
        }

        private synchronized void endDrought() {
            long nowNanos = System.nanoTime();
            longestDroughtNanos = Math.max(longestDroughtNanos, nowNanos - lastOkNanos);
            lastOkNanos = nowNanos;
        }

        synchronized Side side() {
            long droughtNanos = Math.max(longestDroughtNanos, System.nanoTime() - lastOkNanos);
            return new Side(
                    ok.sum(),
                    failed.sum(),
                    unknown.sum(),
                    Duration.ofNanos(longestTookNanos.get()),
                    Duration.ofNanos(droughtNanos));
        }
    }
}
