package io.muster.member.channel;

import io.muster.member.channel.ChannelLimits.BackOff;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long until an address is dialled again; pure. */
final class DialBackOff {

    private final BackOff limits;
    private final RandomGenerator jitter;
    private long nextNanos;

    DialBackOff(BackOff limits, RandomGenerator jitter) {
        this.limits = limits;
        this.jitter = jitter;
        this.nextNanos = limits.first().toNanos();
    }

    /** The wait after an attempt that failed, or after a connection of that duration. */
    Duration next(Duration connected) {
        if (connected.compareTo(limits.stable()) >= 0) {
            nextNanos = limits.first().toNanos();
        }
        long wholeNanos = nextNanos;
        nextNanos = Math.min(limits.max().toNanos(), 2 * wholeNanos);
        return withJitter(wholeNanos);
    }

    /** The longest wait, for an address where nothing is to be expected soon. */
    Duration longest() {
        return withJitter(limits.max().toNanos());
    }

    private Duration withJitter(long wholeNanos) {
        return Duration.ofNanos(wholeNanos - jitter.nextLong(wholeNanos / 2 + 1));
    }
}
