package io.muster.member.port;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The I/O thread of a {@link FileDisk}, the bounded queue before it, and the way back to the driver's thread.
 *
 * <p>Completions that are ready together travel together, in one turn of the driver's {@link Time}: they leave when a job asks for it, when
 * nothing more waits, or when {@link #COMPLETIONS_PER_TURN_MAX} are ready.
 */
final class DiskQueue {

    /** Bounds how long a completion waits for others, and how long a turn takes. */
    private static final int COMPLETIONS_PER_TURN_MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(DiskQueue.class);

    /**
     * @param work blocking; runs on the I/O thread, must not throw, and gives the completion that is to run on the driver's thread
     * @param bytesHeld memory that the job keeps until it is done
     * @param handOverAfter whether completions should leave once this job is done
     */
    record Job(Supplier<Runnable> work, long bytesHeld, boolean handOverAfter) {}

    private static final Job END = new Job(() -> DiskQueue::nothing, 0, true);

    private final Time time;
    private final Thread thread;

    /** One place more than jobs may wait, for {@link #END}. */
    private final BlockingQueue<Job> jobs = new ArrayBlockingQueue<>(Disk.OPERATIONS_MAX + 1);

    /** Guards {@code closed}, and that nothing comes behind {@link #END}. */
    private final Object door = new Object();

    private boolean closed;

    private final AtomicLong bytesHeld = new AtomicLong();

    /** Ready, not handed over yet; the I/O thread's own. */
    private List<Runnable> ready = new ArrayList<>();

    /** @param atEnd runs on the I/O thread as the last thing */
    DiskQueue(Time time, String threadName, Runnable atEnd) {
        this.time = time;
        this.thread = new Thread(() -> work(atEnd), threadName);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /**
     * @return whether the job was taken; false once closed
     * @throws IllegalStateException when the queue is full
     */
    boolean submit(Job job) {
        synchronized (door) {
            if (closed) {
                return false;
            }
            if (jobs.size() >= Disk.OPERATIONS_MAX) {
                throw new IllegalStateException(
                        thread.getName() + ": more than " + Disk.OPERATIONS_MAX + " disk operations wait");
            }
            bytesHeld.addAndGet(job.bytesHeld());
            jobs.add(job);
            return true;
        }
    }

    /** Carries out what waits, then ends the thread; waits so long for it. Idempotent. */
    void close(long waitMillis) {
        synchronized (door) {
            if (!closed) {
                closed = true;
                jobs.add(END);
            }
        }
        try {
            thread.join(waitMillis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("{}: {} operations are left after {} ms", thread.getName(), jobs.size(), waitMillis);
        }
    }

    int size() {
        return jobs.size();
    }

    long bytesHeld() {
        return bytesHeld.get();
    }

    private void work(Runnable atEnd) {
        Job job;
        do {
            job = take();
            ready.add(job.work().get());
            bytesHeld.addAndGet(-job.bytesHeld());
            if (job.handOverAfter() || ready.size() >= COMPLETIONS_PER_TURN_MAX || jobs.isEmpty()) {
                handOver();
            }
        } while (!job.equals(END));
        atEnd.run();
    }

    private Job take() {
        while (true) {
            try {
                return jobs.take();
            } catch (InterruptedException interrupted) {
                // Only close() ends this thread: an interrupt would close the channels under it.
                LOG.warn("{} ignores an interrupt", thread.getName());
            }
        }
    }

    private void handOver() {
        List<Runnable> completions = ready;
        ready = new ArrayList<>();
        try {
            time.execute(() -> runAll(completions.iterator()));
        } catch (RejectedExecutionException stopped) {
            LOG.warn("{}: {} completions found their driver stopped", thread.getName(), completions.size(), stopped);
        }
    }

    /** One that throws does not keep the others from running. */
    private void runAll(Iterator<Runnable> completions) {
        try {
            while (completions.hasNext()) {
                completions.next().run();
            }
        } finally {
            if (completions.hasNext()) {
                time.execute(() -> runAll(completions));
            }
        }
    }

    private static void nothing() {}

    @Override
    public String toString() {
        return thread.getName();
    }
}
