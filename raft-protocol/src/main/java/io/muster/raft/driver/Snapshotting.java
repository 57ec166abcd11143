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
    private boolean running;
    private boolean stopped;

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

    /** An operator asks for one: it is begun at once, unless one is being taken or there is nothing new. */
    void take(RaftCore core, long appliedIndex, CompletableFuture<Void> result) {
        notBeforeNanos = Long.MIN_VALUE;
        if (!running && appliedIndex <= lastIndex) {
            result.complete(null);
            return;
        }
        waiting.add(result);
        take(core, appliedIndex);
    }

    /** It is time for one. */
    void take(RaftCore core, long appliedIndex) {
        if (stopped || running || appliedIndex <= lastIndex || time.monoNanos() < notBeforeNanos) {
            return;
        }
        Configuration group = core.configurationAt(appliedIndex).orElseThrow();
        SnapshotMeta meta = new SnapshotMeta(appliedIndex, core.log().termAt(appliedIndex), group);
        long sinceNanos = time.monoNanos();
        running = true;
        storage.save(meta, stateMachine.snapshotSave()).whenComplete((bytes, error) -> {
            running = false;
            if (stopped) {
                return;
            }
            if (error == null) {
                lastIndex = meta.index();
                metrics.snapshotSaved(meta.index(), bytes, time.monoNanos() - sinceNanos);
                onSaved.accept(meta.index());
                end(null);
            } else if (error instanceof DiskException disk && disk.kind() == DiskException.Kind.FULL) {
                LOG.warn("The snapshot at index {} was given up: {}", meta.index(), disk.getMessage());
                metrics.snapshotAbandoned();
                notBeforeNanos = time.monoNanos() + RETRY.toNanos();
                end(new NotReady("no room for the snapshot: " + disk.getMessage()));
            } else {
                onFailure.accept(error);
            }
        });
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
