package io.muster.server;

import io.muster.consistency.Readiness;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Raft's part in readiness (X15): whether it has caught up once since the start, or {@link #LEADERLESS_PATIENCE} have passed in vain. Once true it stays
 * true: losing the leader later never makes a node unready. Any thread may ask.
 */
final class RaftCatchUp implements Supplier<Readiness> {

    /** After that the node serves what needs no leader. */
    static final Duration LEADERLESS_PATIENCE = Duration.ofSeconds(30);

    private static final Readiness CAUGHT_UP = new Readiness(true, "caught up since the start");
    private static final Readiness LEADERLESS = new Readiness(
            true,
            "no leader within " + LEADERLESS_PATIENCE.toSeconds()
                    + " s; persistent writes are refused, the rest is served");

    private final Supplier<Readiness> engine;
    private final LongSupplier monoNanos;
    private final long startNanos;

    /** Goes from false to true once. */
    private volatile boolean caughtUp;

    /**
     * @param engine whether Raft is ready now
     * @param monoNanos monotonic clock; its first reading is the start
     */
    RaftCatchUp(Supplier<Readiness> engine, LongSupplier monoNanos) {
        this.engine = engine;
        this.monoNanos = monoNanos;
        this.startNanos = monoNanos.getAsLong();
    }

    @Override
    public Readiness get() {
        if (caughtUp) {
            return CAUGHT_UP;
        }
        Readiness now = engine.get();
        if (now.ready()) {
            caughtUp = true;
            return CAUGHT_UP;
        }
        boolean inVain = monoNanos.getAsLong() - startNanos >= LEADERLESS_PATIENCE.toNanos();
        return inVain ? LEADERLESS : now;
    }
}
