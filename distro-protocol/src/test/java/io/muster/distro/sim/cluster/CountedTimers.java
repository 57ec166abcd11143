package io.muster.distro.sim.cluster;

import io.muster.member.port.Time;
import java.time.Duration;

/** The clock of a process for one of its parts, which knows how many timers of that part wait. */
final class CountedTimers implements Time {

    private final Time process;
    private final boolean cancels;
    private int waiting;

    /** @param cancels whether timers can be cancelled, or run on whatever is done */
    CountedTimers(Time process, boolean cancels) {
        this.process = process;
        this.cancels = cancels;
    }

    int waiting() {
        return waiting;
    }

    @Override
    public long monoNanos() {
        return process.monoNanos();
    }

    @Override
    public long wallMillis() {
        return process.wallMillis();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        Counted counted = new Counted();
        waiting++;
        Timer timer = process.after(delay, () -> {
            counted.end();
            task.run();
        });
        return () -> {
            if (cancels) {
                counted.end();
                timer.cancel();
            }
        };
    }

    @Override
    public void execute(Runnable task) {
        process.execute(task);
    }

    /** Ends once, by its time or before. */
    private final class Counted {
        private boolean ended;

        void end() {
            waiting -= ended ? 0 : 1;
            ended = true;
        }
    }
}
