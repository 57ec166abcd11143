package io.muster.distro.sim.cluster;

import io.muster.distro.sim.ProcessTime;
import io.muster.member.port.Time;
import java.time.Duration;

/** The clock of a process for one of its parts, which knows how many timers of that part wait. */
final class CountedTimers extends ProcessTime {

    private final boolean cancels;
    private int waiting;

    /** @param cancels whether timers can be cancelled, or run on whatever is done */
    CountedTimers(Time process, boolean cancels) {
        super(process);
        this.cancels = cancels;
    }

    int waiting() {
        return waiting;
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

    /** Ends once, by its time or before. */
    private final class Counted {
        private boolean ended;

        void end() {
            waiting -= ended ? 0 : 1;
            ended = true;
        }
    }
}
