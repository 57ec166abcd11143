package io.muster.distro.sim;

import io.muster.member.port.Time;
import java.time.Duration;

/** The time of a process as one part of it is given it: the same, but for what a subclass says otherwise. */
public abstract class ProcessTime implements Time {

    protected final Time process;

    protected ProcessTime(Time process) {
        this.process = process;
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
        return process.after(delay, task);
    }

    @Override
    public void execute(Runnable task) {
        process.execute(task);
    }
}
