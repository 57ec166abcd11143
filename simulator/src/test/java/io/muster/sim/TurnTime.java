package io.muster.sim;

import io.muster.member.port.Time;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Turns that are submitted from any thread and run by the test, in real time. */
final class TurnTime implements Time {

    /** Real disks are slow where many builds share one; a miss of this bound is a hang. */
    private static final Duration TURN_BOUND = Duration.ofSeconds(30);

    private final BlockingQueue<Runnable> turns = new LinkedBlockingQueue<>();

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
        throw new UnsupportedOperationException("a disk needs no timers");
    }

    @Override
    public void execute(Runnable task) {
        turns.add(task);
    }

    void runUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Runnable turn;
            try {
                turn = turns.poll(TURN_BOUND.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                throw new AssertionError("the test was interrupted", interrupted);
            }
            if (turn == null) {
                throw new AssertionError("no turn within " + TURN_BOUND);
            }
            turn.run();
        }
    }
}
