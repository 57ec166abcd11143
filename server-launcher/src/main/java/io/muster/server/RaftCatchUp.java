package io.muster.server;

import io.muster.consistency.Readiness;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Raft's part in readiness (X15): whether it has caught up once since the start, or {@link #PATIENCE} has passed without a leader, or there is no group
 * yet to catch up with (design §4, "Founding"), or Raft has stopped itself. A leader from whom nothing comes, because the disk is full here or what comes is refused, is none in this:
 * ephemeral data never depends on Raft (X10). Once true it stays true: whatever happens to the leader later never makes a node unready. Any thread may ask.
 */
final class RaftCatchUp implements Supplier<Readiness> {

    /** After that the node serves what needs no leader. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * What this node has of the group's data.
     *
     * @param appliedIndex of the log
     * @param storedBytes of log and snapshots, one that is being received included
     */
    record Gain(long appliedIndex, long storedBytes) {

        static final Gain NONE = new Gain(-1, -1);

        boolean exceeds(Gain other) {
            return appliedIndex > other.appliedIndex || storedBytes > other.storedBytes;
        }

        Gain orMore(Gain other) {
            return new Gain(Math.max(appliedIndex, other.appliedIndex), Math.max(storedBytes, other.storedBytes));
        }
    }

    private static final Readiness CAUGHT_UP = new Readiness(true, "caught up since the start");
    private static final Readiness NOT_FOUNDED =
            new Readiness(true, "not founded; persistent writes are refused, the rest is served");
    private static final Readiness LEADERLESS = new Readiness(
            true, "no leader within " + PATIENCE.toSeconds() + " s; persistent writes are refused, the rest is served");

    private final Supplier<Readiness> engine;
    private final BooleanSupplier notFounded;
    private final BooleanSupplier stopped;
    private final Supplier<Optional<Gain>> fromLeader;
    private final LongSupplier monoNanos;

    /** When anything came from a leader last, or the first was met; the start if none has been. */
    private volatile long gainedNanos;

    /** The most there was so far. */
    private volatile Gain most = Gain.NONE;

    /** Goes from false to true once. */
    private volatile boolean caughtUp;

    /** Why it was ready without having caught up. */
    private volatile Optional<Readiness> excused = Optional.empty();

    /**
     * @param engine whether Raft is ready now
     * @param notFounded whether Raft runs and belongs to no group
     * @param stopped whether Raft has stopped itself, and the server goes on without it
     * @param fromLeader what there is while Raft runs and knows a leader, with whom it will catch up; else empty
     * @param monoNanos monotonic clock; its first reading is the start
     */
    RaftCatchUp(
            Supplier<Readiness> engine,
            BooleanSupplier notFounded,
            BooleanSupplier stopped,
            Supplier<Optional<Gain>> fromLeader,
            LongSupplier monoNanos) {
        this.engine = engine;
        this.notFounded = notFounded;
        this.stopped = stopped;
        this.fromLeader = fromLeader;
        this.monoNanos = monoNanos;
        this.gainedNanos = monoNanos.getAsLong();
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
            excused = excuse(now);
        }
        return excused.orElse(now);
    }

    private Optional<Readiness> excuse(Readiness waitingFor) {
        if (notFounded.getAsBoolean()) {
            return Optional.of(NOT_FOUNDED);
        }
        if (stopped.getAsBoolean()) {
            return Optional.of(new Readiness(true, waitingFor.reason() + "; the rest is served"));
        }
        long nowNanos = monoNanos.getAsLong();
        Optional<Gain> gain = fromLeader.get();
        if (gain.isPresent() && gain.get().exceeds(most)) {
            most = gain.get().orMore(most);
            gainedNanos = nowNanos;
        }
        if (nowNanos - gainedNanos < PATIENCE.toNanos()) {
            return Optional.empty();
        }
        return Optional.of(gain.isEmpty() ? LEADERLESS : stuck(waitingFor));
    }

    private static Readiness stuck(Readiness waitingFor) {
        return new Readiness(
                true,
                "nothing came from the leader for " + PATIENCE.toSeconds() + " s (" + waitingFor.reason()
                        + "); persistent data may be old, the rest is served");
    }
}
