package io.muster.member.port;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The machine's clocks, and the turns of one Vert.x event-loop context: every task runs on it.
 *
 * <p>Timers have the grain of Vert.x, a millisecond: a delay is rounded up, and one of zero takes the next turn.
 */
public final class VertxTime implements Time {

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** Vert.x keeps a delay in nanoseconds; a longer one would overflow there and means never to us. */
    private static final Duration DELAY_MAX = Duration.ofDays(36_500);

    private final Context context;

    public VertxTime(Context context) {
        this.context = context;
    }

    @Override
    public long monoNanos() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay is zero or more: " + delay);
        }
        ContextTimer timer = new ContextTimer(task);
        long delayNanos = (delay.compareTo(DELAY_MAX) > 0 ? DELAY_MAX : delay).toNanos();
        if (delayNanos == 0) {
            context.runOnContext(turn -> timer.run());
        } else {
            long delayMillis = (delayNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
            timer.vertxTimer = context.owner().setTimer(delayMillis, id -> runHere(timer));
        }
        return timer;
    }

    @Override
    public void execute(Runnable task) {
        context.runOnContext(turn -> task.run());
    }

    /** A Vert.x timer belongs to whoever sets it, which may be another context of the same thread. */
    private void runHere(ContextTimer timer) {
        if (Vertx.currentContext() == context) {
            timer.run();
        } else {
            context.runOnContext(turn -> timer.run());
        }
    }

    /** Touched on the driver's thread only. */
    private final class ContextTimer implements Timer {

        private static final long NONE = -1;

        private final Runnable task;
        private long vertxTimer = NONE;
        private boolean over;

        ContextTimer(Runnable task) {
            this.task = task;
        }

        void run() {
            if (!over) {
                over = true;
                task.run();
            }
        }

        @Override
        public void cancel() {
            if (!over && vertxTimer != NONE) {
                context.owner().cancelTimer(vertxTimer);
            }
            over = true;
        }
    }
}
