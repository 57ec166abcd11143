package io.muster.raft.driver;

import io.muster.member.port.Time;
import io.muster.raft.RaftMetrics;
import io.muster.raft.StateMachine;
import io.muster.raft.StateMachine.SnapshotSink;
import io.muster.raft.core.Effect;
import io.muster.raft.core.snapshot.SnapshotHead;
import io.muster.raft.storage.RaftStorage;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a received snapshot in the place of state and log (Raft paper §7), in an order in which each step leaves a directory that a start understands: the
 * log says that a snapshot replaces it, if there is one; the snapshot gets its name; the state is read from it. Meanwhile no snapshot is taken and
 * nothing else is written to the log.
 */
final class SnapshotInstall<C, R> {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotInstall.class);

    private final RaftStorage storage;
    private final StateMachine<C, R> stateMachine;
    private final Applier<C, R> applier;
    private final PersistQueue persists;
    private final Snapshotting snapshotting;
    private final Time time;
    private final RaftMetrics metrics;

    SnapshotInstall(
            RaftStorage storage,
            StateMachine<C, R> stateMachine,
            Applier<C, R> applier,
            PersistQueue persists,
            Snapshotting snapshotting,
            Time time,
            RaftMetrics metrics) {
        this.storage = storage;
        this.stateMachine = stateMachine;
        this.applier = applier;
        this.persists = persists;
        this.snapshotting = snapshotting;
        this.time = time;
        this.metrics = metrics;
    }

    /** Completes when the state is that of the snapshot; the log is held back until {@link PersistQueue#goOn}. */
    CompletableFuture<Void> begin(Effect.LoadSnapshot effect) {
        CompletableFuture<Void> quiet = new CompletableFuture<>();
        snapshotting.pauseFor(() -> persists.whenDrained(() -> {
            if (effect.logIsKept()) {
                quiet.complete(null);
            } else {
                persists.announceReset(effect.head().index(), () -> quiet.complete(null));
            }
        }));
        return quiet.thenCompose(ignored -> install(effect.head(), effect.logIsKept()));
    }

    /** One turn after the other, so that heartbeats are answered between them. */
    private CompletableFuture<Void> goOn(SnapshotSink sink) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        step(sink, over);
        return over;
    }

    private void step(SnapshotSink sink, CompletableFuture<Void> over) {
        try {
            if (sink.goOn()) {
                over.complete(null);
            } else {
                time.execute(() -> step(sink, over));
            }
        } catch (RuntimeException | Error e) {
            // The state's own code: whatever it throws must not be lost with the step.
            over.completeExceptionally(e);
        }
    }

    private CompletableFuture<Void> install(SnapshotHead head, boolean logIsKept) {
        long sinceNanos = time.monoNanos();
        AtomicReference<SnapshotSink> sink = new AtomicReference<>();
        return storage.install(head, logIsKept, meta -> {
                    sink.set(stateMachine.snapshotInstall(meta.index()));
                    return sink.get();
                })
                .thenCompose(bytes -> goOn(Objects.requireNonNull(sink.get())).thenApply(ignored -> bytes))
                .thenAccept(bytes -> {
                    long nanos = time.monoNanos() - sinceNanos;
                    metrics.snapshotLoaded(head.index(), bytes, nanos);
                    LOG.info(
                            "A snapshot of {} bytes, up to index {}, took the place of the state in {} ms",
                            bytes,
                            head.index(),
                            nanos / NANOS_PER_MILLI);
                    applier.installed(head.index(), logIsKept);
                    if (!logIsKept) {
                        persists.resetTo(head.index());
                    }
                    snapshotting.restored(head.index());
                    snapshotting.goOn();
                });
    }
}
