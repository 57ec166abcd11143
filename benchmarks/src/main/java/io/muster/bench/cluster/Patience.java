package io.muster.bench.cluster;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits of the tool itself, outside of what is measured. */
public final class Patience {

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private Patience() {}

    /** Returns once the condition holds; throws when it does not within a minute. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, START_MAX, condition);
    }

    /** The same for what may take longer. */
    public static void until(String what, Duration longest, BooleanSupplier condition) {
        long deadline = System.nanoTime() + longest.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("waited " + longest.toSeconds() + " s in vain until " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }
}
