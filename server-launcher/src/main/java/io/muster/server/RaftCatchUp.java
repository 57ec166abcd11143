package io.muster.server;

import io.muster.consistency.Readiness;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Raft's part in readiness (X15): whether it has caught up once since the start, or {@link #LEADERLESS_PATIENCE} have passed without a leader, or there
 * is no group yet to catch up with (design §4, "Founding"). Once true it stays true: whatever happens to the leader later never makes a node unready. Any
 * thread may ask.
 */
final class RaftCatchUp implements Supplier<Readiness> {

    /** After that the node serves what needs no leader. */
    static final Duration LEADERLESS_PATIENCE = Duration.ofSeconds(30);

    private static final Readiness CAUGHT_UP = new Readiness(true, "caught up since the start");
    private static final Readiness NOT_FOUNDED =
            new Readiness(true, "not founded; persistent writes are refused, the rest is served");
    private static final Readiness LEADERLESS = new Readiness(
            true,
            "no leader within " + LEADERLESS_PATIENCE.toSeconds()
                    + " s; persistent writes are refused, the rest is served");

    private final Supplier<Readiness> engine;
    private final BooleanSupplier notFounded;
    private final BooleanSupplier leaderKnown;
    private final LongSupplier monoNanos;

    /** When a leader was known last; the start if none has been. */
    private volatile long leaderNanos;

    /** Goes from false to true once. */
    private volatile boolean caughtUp;

    /** Why it was ready without having caught up. */
    private volatile Optional<Readiness> excused = Optional.empty();

    /**
     * @param engine whether Raft is ready now
     * @param notFounded whether Raft runs and belongs to no group
     * @param leaderKnown whether Raft runs and knows a leader, with whom it will catch up
     * @param monoNanos monotonic clock; its first reading is the start
     */
    RaftCatchUp(
            Supplier<Readiness> engine,
            BooleanSupplier notFounded,
            BooleanSupplier leaderKnown,
            LongSupplier monoNanos) {
        this.engine = engine;
        this.notFounded = notFounded;
        this.leaderKnown = leaderKnown;
        this.monoNanos = monoNanos;
        this.leaderNanos = monoNanos.getAsLong();
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
        if (excused.isEmpty()) {
            excused = excuse();
        }
        return excused.orElse(now);
    }

    private Optional<Readiness> excuse() {
        if (notFounded.getAsBoolean()) {
            return Optional.of(NOT_FOUNDED);
        }
        long nowNanos = monoNanos.getAsLong();
        if (leaderKnown.getAsBoolean()) {
            leaderNanos = nowNanos;
        }
        boolean inVain = nowNanos - leaderNanos >= LEADERLESS_PATIENCE.toNanos();
        return inVain ? Optional.of(LEADERLESS) : Optional.empty();
    }
}
