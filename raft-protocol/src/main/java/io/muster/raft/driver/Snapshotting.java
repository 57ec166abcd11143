package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException.NotReady;
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
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes snapshots, one at a time, while the node goes on (R20). One that meets a full disk is given up and tried again later. */
final class Snapshotting {

    /** After a snapshot was given up, none is begun by itself for so long. */
    static final Duration RETRY = Duration.ofSeconds(10);

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

    /** Who waits for the one that is being taken. */
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();

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
    }

    long lastIndex() {
        return lastIndex;
    }

    /** Nothing more is begun or told. */
    void stop() {
        stopped = true;
        end(new NotReady("the engine stopped"));
    }

    /** An operator asks for one: it is begun as soon as the log allows, unless one is being taken or there is nothing new. */
    void take(RaftCore core, long appliedIndex, long durableIndex, CompletableFuture<Void> result) {
        notBeforeNanos = Long.MIN_VALUE;
        if (!running && appliedIndex <= lastIndex) {
            result.complete(null);
            return;
        }
        waiting.add(result);
        want();
        takeIfWanted(core, appliedIndex, durableIndex);
    }

    /** It is time for one, unless one is being taken. */
    void want() {
        wanted |= !running;
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
        if (!wanted || !possible || appliedIndex <= lastIndex || time.monoNanos() < notBeforeNanos) {
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
            metrics.snapshotSaved(meta.index(), bytes, time.monoNanos() - sinceNanos);
            onSaved.accept(meta.index());
            end(null);
        } else if (error instanceof DiskException disk && disk.kind() == DiskException.Kind.FULL) {
            LOG.warn("The snapshot at index {} was given up: {}", meta.index(), disk.getMessage());
            metrics.snapshotAbandoned();
            notBeforeNanos = time.monoNanos() + RETRY.toNanos();
            end(new NotReady("no room for the snapshot: " + disk.getMessage()));
        } else if (error != null) {
            onFailure.accept(error);
        }
    }

    private void end(@Nullable NotReady error) {
        List<CompletableFuture<Void>> ended = waiting;
        waiting = new ArrayList<>();
        for (CompletableFuture<Void> result : ended) {
            if (error == null) {
                result.complete(null);
            } else {
                result.completeExceptionally(error);
            }
        }
    }
}
