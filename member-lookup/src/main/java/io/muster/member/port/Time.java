package io.muster.member.port;

import java.time.Duration;

/** Clocks, timers and turn-taking of one driver. */
public interface Time {

    /** Monotonic nanoseconds from an arbitrary start; unaffected by changes of the wall clock. Any thread may ask. */
    long monoNanos();

    /** Milliseconds since 1970 as the machine believes; may jump either way. Any thread may ask. */
    long wallMillis();

    /**
     * Runs the task once on the driver's thread, not before the delay is over. Call it on the driver's thread.
     *
     * @param delay zero or more
     */
    Timer after(Duration delay, Runnable task);

    /** Runs the task on the driver's thread soon, after what was submitted before it. Any thread may call. */
    void execute(Runnable task);

    /** A task that waits for its time. */
    interface Timer {

        /** Keeps the task from running if it has not begun; idempotent. Call it on the driver's thread. */
        void cancel();
    }
}
