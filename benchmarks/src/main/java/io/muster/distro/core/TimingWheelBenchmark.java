package io.muster.distro.core;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The timing wheel with the leases of a million instances in it, due evenly over one lease time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimingWheelBenchmark {

    private static final int TIMERS = 1_000_000;
    private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final class Timer extends Timed {}

    private final TimingWheel wheel = new TimingWheel(0);
    private final Timer[] timers = new Timer[TIMERS];
    private long nowNanos;
    private int next;

    public TimingWheelBenchmark() {
        for (int i = 0; i < TIMERS; i++) {
            timers[i] = new Timer();
            wheel.schedule(timers[i], LEASE_NANOS * i / TIMERS);
        }
    }

    /** Moves one deadline, as a registration does. */
    @Benchmark
    public void scheduleOne() {
        wheel.schedule(timers[next], nowNanos + LEASE_NANOS - next);
        next = next + 1 == TIMERS ? 0 : next + 1;
    }

    /** Passes one tick: about 8,900 of the million fall due in it, and each is set to its next deadline. */
    @Benchmark
    public boolean advanceOneTick() {
        nowNanos += TimingWheel.TICK_NANOS;
        return wheel.advance(nowNanos, Integer.MAX_VALUE, timer -> wheel.schedule(timer, timer.dueNanos + LEASE_NANOS));
    }
}
