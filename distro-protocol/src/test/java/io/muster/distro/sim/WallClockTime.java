package io.muster.distro.sim;

import io.muster.member.port.Time;
import java.util.concurrent.TimeUnit;

/** Planted bug N12: gives the wall clock out as monotonic time, and only forward, as a careless clamp would. */
final class WallClockTime extends ProcessTime {

    private long latestNanos;

    WallClockTime(Time process) {
        super(process);
    }

    @Override
    public long monoNanos() {
        latestNanos = Math.max(latestNanos, TimeUnit.MILLISECONDS.toNanos(process.wallMillis()));
        return latestNanos;
    }
}
