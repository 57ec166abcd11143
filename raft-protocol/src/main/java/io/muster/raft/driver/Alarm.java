package io.muster.raft.driver;

import io.muster.member.port.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One timer that can be set again and again; it rings at the time that was set last. */
final class Alarm {

    private static final long NEVER = Long.MAX_VALUE;

    private final Time time;
    private final Runnable ring;
    private Time.@Nullable Timer timer;
    private long atNanos = NEVER;

    Alarm(Time time, Runnable ring) {
        this.time = time;
        this.ring = ring;
    }

    /** Rings at this time, and not at the one set before. */
    void at(long nanos) {
        cancel();
        atNanos = nanos;
        timer = time.after(Duration.ofNanos(Math.max(0, nanos - time.monoNanos())), () -> {
            timer = null;
            atNanos = NEVER;
            ring.run();
        });
    }

    /** Rings at this time at the latest; earlier where it is set so already. */
    void noLaterThan(long nanos) {
        if (nanos < atNanos) {
            at(nanos);
        }
    }

    void cancel() {
        Time.Timer set = timer;
        if (set != null) {
            set.cancel();
        }
        timer = null;
        atNanos = NEVER;
    }
}
