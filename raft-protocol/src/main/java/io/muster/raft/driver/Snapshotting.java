package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.member.port.DiskException;
import io.muster.member.port.Time;
import io.muster.raft.RaftMetrics;
import io.muster.raft.StateMachine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.storage.RaftStorage;
import io.muster.raft.storage.SnapshotMeta;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes snapshots, one at a time, while the node goes on (R20). One that meets a full disk is given up and tried again later. */
final class Snapshotting {

    /** After a snapshot was given up, none is begun by itself for so long. */
    static final Duration RETRY = Duration.ofSeconds(10);

    /** An operator hears that one which was begun still goes on after so long. */
    static final Duration END_WITHIN = Duration.ofSeconds(60);

    /** Bound on the operators who wait; people are slow. */
    private static final int WAITING_MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(Snapshotting.class);

    private final RaftStorage storage;
    private final StateMachine<?, ?> stateMachine;
    private final Time time;
    private final RaftMetrics metrics;
    private final LongConsumer onSaved;
    private final Consumer<Throwable> onFailure;

    /** Index of the newest snapshot. */
    private long lastIndex;

    private long notBeforeNanos = Long.MIN_VALUE;
    private boolean wanted;
    private boolean running;
    private boolean paused;
    private boolean stopped;

    /** Runs when the one that is being taken has ended. */
    private Runnable afterwards = () -> {};

    /** Whether the last one cannot be read any more; until there is another. */
    private boolean rotten;

    /** Operators who wait for one. */
    private final List<Waiting> waiting = new ArrayList<>();

    /**
     * An operator's wait.
     *
     * @param index that was applied when it began: a snapshot of it, wherever it comes from, is what was asked for
     * @param beginByNanos when the snapshot must have been begun
     * @param endByNanos when it must be durable
     */
    private record Waiting(CompletableFuture<Void> result, long index, long beginByNanos, long endByNanos) {}

    Snapshotting(
            RaftStorage storage,
            StateMachine<?, ?> stateMachine,
            Time time,
            RaftMetrics metrics,
            LongConsumer onSaved,
            Consumer<Throwable> onFailure) {
        this.storage = storage;
        this.stateMachine = stateMachine;
        this.time = time;
        this.metrics = metrics;
        this.onSaved = onSaved;
        this.onFailure = onFailure;
    }

    /** There is a snapshot of this index, restored or received. */
    void restored(long index) {
        lastIndex = index;
        rotten = false;
        end(each -> each.index <= index, Optional.empty());
    }

    long lastIndex() {
        return lastIndex;
    }

    /** Nothing more is begun or told. */
    void stop() {
        stopped = true;
        end(each -> true, Optional.of(new NotReady("the engine stopped")));
    }

    /**
     * An operator asks for one: it is begun as soon as the log allows, unless one is being taken or there is nothing new.
     *
     * @param beginByNanos when it is told that it could not be begun
     */
    void take(RaftCore core, long appliedIndex, long durableIndex, long beginByNanos, CompletableFuture<Void> result) {
        notBeforeNanos = Long.MIN_VALUE;
        boolean nothingNew = appliedIndex <= lastIndex && !rotten;
        if (!running && nothingNew) {
            result.complete(null);
            return;
        }
        if (waiting.size() >= WAITING_MAX) {
            result.completeExceptionally(new Overloaded(WAITING_MAX + " commands wait for a snapshot already"));
            return;
        }
        waiting.add(new Waiting(result, appliedIndex, beginByNanos, time.monoNanos() + END_WITHIN.toNanos()));
        want();
        takeIfWanted(core, appliedIndex, durableIndex);
    }

    /** Tells those who have waited too long why there is no snapshot. */
    void expire(RaftCore core, long appliedIndex, long durableIndex) {
        long now = time.monoNanos();
        if (!running) {
            String why = core.snapshotUnderway().isPresent() || paused
                    ? "one from the leader is being received"
                    : appliedIndex > durableIndex
                            ? "the disk has taken the log up to " + durableIndex + " only, of " + appliedIndex
                            : "nothing was to be done";
            end(
                    each -> each.beginByNanos <= now,
                    Optional.of(new NotReady("no snapshot could be begun in time: " + why)));
        }
        end(
                each -> each.endByNanos <= now,
                Optional.of(new OutcomeUnknown(
                        "the snapshot is still being written after " + END_WITHIN.toSeconds() + " s, and goes on")));
    }

    /** When {@link #expire} has something to tell. */
    long nextExpiryNanos() {
        return waiting.stream()
                .mapToLong(each -> running ? each.endByNanos : Math.min(each.beginByNanos, each.endByNanos))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** It is time for one, unless one is being taken. */
    void want() {
        wanted |= !running;
    }

    /** The snapshot of this index has rotted on disk: what is applied now takes its place, be it no more than that. */
    void rotted(long index) {
        if (index == lastIndex && !running) {
            rotten = true;
            wanted = true;
        }
    }

    /** What needs that no snapshot is being taken runs, when that is so; none is begun until {@link #goOn}. */
    void pauseFor(Runnable step) {
        paused = true;
        if (running) {
            afterwards = step;
        } else {
            step.run();
        }
    }

    void goOn() {
        paused = false;
    }

    /** Begins one if it is time; only of what is durable in the log, so that the log never ends before a snapshot, and not while one is received. */
    void takeIfWanted(RaftCore core, long appliedIndex, long durableIndex) {
        boolean free = !stopped && !running && !paused;
        boolean possible =
                free && appliedIndex <= durableIndex && core.snapshotUnderway().isEmpty();
        boolean nothingNew = rotten ? appliedIndex < lastIndex : appliedIndex <= lastIndex;
        if (!wanted || !possible || nothingNew || time.monoNanos() < notBeforeNanos) {
            return;
        }
        wanted = false;
        Configuration group = core.configurationAt(appliedIndex).orElseThrow();
        SnapshotMeta meta = new SnapshotMeta(appliedIndex, core.log().termAt(appliedIndex), group);
        long sinceNanos = time.monoNanos();
        running = true;
        storage.save(meta, stateMachine.snapshotSave()).whenComplete((bytes, error) -> {
            running = false;
            if (!stopped) {
                saved(meta, sinceNanos, bytes, error);
                Runnable next = afterwards;
                afterwards = () -> {};
                next.run();
            }
        });
    }

    private void saved(SnapshotMeta meta, long sinceNanos, @Nullable Long bytes, @Nullable Throwable error) {
        if (error == null && bytes != null) {
            lastIndex = meta.index();
            rotten = false;
            metrics.snapshotSaved(meta.index(), bytes, time.monoNanos() - sinceNanos);
            onSaved.accept(meta.index());
            end(each -> true, Optional.empty());
        } else if (error instanceof DiskException disk && disk.kind() == DiskException.Kind.FULL) {
            LOG.warn("The snapshot at index {} was given up: {}", meta.index(), disk.getMessage());
            metrics.snapshotAbandoned();
            notBeforeNanos = time.monoNanos() + RETRY.toNanos();
            end(each -> true, Optional.of(new NotReady("no room for the snapshot: " + disk.getMessage())));
        } else if (error != null) {
            onFailure.accept(error);
        }
    }

    /** @param error why there is no snapshot; empty if there is one */
    private void end(Predicate<Waiting> which, Optional<ConsistencyException> error) {
        List<Waiting> ended = waiting.stream().filter(which).toList();
        waiting.removeAll(ended);
        for (Waiting each : ended) {
            error.ifPresentOrElse(each.result::completeExceptionally, () -> each.result.complete(null));
        }
    }
}
