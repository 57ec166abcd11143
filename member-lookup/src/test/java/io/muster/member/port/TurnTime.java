package io.muster.member.port;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Turns that are submitted from any thread, and run and counted by the test. */
final class TurnTime implements Time {

    /** Real disks are slow where many builds share one; a miss of this bound is a hang. */
    private static final Duration TURN_BOUND = Duration.ofSeconds(30);

    private final BlockingQueue<Runnable> submitted = new LinkedBlockingQueue<>();
    private int turns;

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
        submitted.add(task);
    }

    void runTurnsUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Runnable turn;
            try {
                turn = submitted.poll(TURN_BOUND.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                throw new AssertionError("the test was interrupted", interrupted);
            }
            if (turn == null) {
                throw new AssertionError("no turn within " + TURN_BOUND);
            }
            turns++;
            turn.run();
        }
    }

    /** How many turns were run. */
    int turns() {
        return turns;
    }
}
