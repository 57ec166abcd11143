package io.muster.testkit.load;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The timer threads of one load, and the count of what it has under way. */
final class Timers implements AutoCloseable {

    private static final int THREADS = 2;
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(30);

    private final ScheduledExecutorService executor;
    private final AtomicInteger underWay = new AtomicInteger();
    private final int underWayMax;

    Timers(String name, int underWayMax) {
        this.underWayMax = underWayMax;
        this.executor = Executors.newScheduledThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs it again and again, first after a part of the interval, until closed. */
    void every(Duration interval, double firstPart, Runnable task) {
        executor.scheduleAtFixedRate(
                task, (long) (interval.toNanos() * firstPart), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs it once, after a while, unless closed before. */
    void later(Duration delay, Runnable task) {
        try {
            executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // closed: nothing more is to start
        }
    }

    /** Reserves room for one request more; false when so many are under way that another would only queue. */
    boolean begin() {
        if (underWay.incrementAndGet() <= underWayMax) {
            return true;
        }
        underWay.decrementAndGet();
        return false;
    }

    void end() {
        underWay.decrementAndGet();
    }

    /** Starts nothing more, and waits for what is under way; the deadlines of requests bound that. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the threads of a load did not end within " + ENDS_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while a load ends", e);
        }
        await("the requests under way end").atMost(ENDS_WITHIN).until(() -> underWay.get() == 0);
    }
}
