package io.muster.distro.sim;

import io.muster.member.port.Time;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Planted bug N12: gives the wall clock out as monotonic time, and only forward, as a careless clamp would. */
final class WallClockTime implements Time {

    private final Time real;
    private long latestNanos;

    WallClockTime(Time real) {
        this.real = real;
    }

    @Override
    public long monoNanos() {
        latestNanos = Math.max(latestNanos, TimeUnit.MILLISECONDS.toNanos(real.wallMillis()));
        return latestNanos;
    }

    @Override
    public long wallMillis() {
        return real.wallMillis();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        return real.after(delay, task);
    }

    @Override
    public void execute(Runnable task) {
        real.execute(task);
    }
}
