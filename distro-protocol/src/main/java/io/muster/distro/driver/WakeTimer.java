package io.muster.distro.driver;

import io.muster.member.port.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The one timer for what the core waits for between two ticks. It may fire early, never late; on the driver's thread. */
final class WakeTimer {

    private final Time time;
    private final Runnable wake;
    private Time.@Nullable Timer timer;
    private long atNanos;

    WakeTimer(Time time, Runnable wake) {
        this.time = time;
        this.wake = wake;
    }

    /** @param wantedNanos {@link Long#MAX_VALUE} for never */
    void at(long wantedNanos) {
        if (wantedNanos == Long.MAX_VALUE || (timer != null && atNanos - wantedNanos <= 0)) {
            return;
        }
        cancel();
        atNanos = wantedNanos;
        timer = time.after(Duration.ofNanos(Math.max(0, wantedNanos - time.monoNanos())), () -> {
            timer = null;
            wake.run();
        });
    }

    void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
