package io.muster.simulation.health;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Readiness;
import io.muster.consistency.Renewal;
import io.muster.consistency.Subscription;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.registry.Leadership;
import io.muster.sim.cluster.SimProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A process's access to {@link GroupModel}: as the persistent engine, on the process's own thread. */
final class GroupMember implements ConsistencyService<RegistryRecord>, Leadership {

    private static final Duration NO_LEADER_AFTER = Duration.ofMillis(500);
    private static final long UNKNOWN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Duration LOOK = Duration.ofMillis(10);

    private record Listening(Interest interest, ChangeListener<RegistryRecord> listener) {}

    private final GroupModel group;
    private final GroupModel.Copy copy;
    private final SimProcess process;
    private final String by;
    private final List<Listening> listeners = new ArrayList<>();

    GroupMember(GroupModel group, SimProcess process) {
        this.group = group;
        this.copy = group.copy(process.index());
        this.process = process;
        this.by = process.identity().nodeId().toString();
        copy.listener = this::tell;
    }

    @Override
    public CompletionStage<List<Optional<Datum<RegistryRecord>>>> apply(List<Change<RegistryRecord>> changes) {
        CompletableFuture<List<Optional<Datum<RegistryRecord>>>> done = new CompletableFuture<>();
        if (group.reachesLeader(process.index())) {
            process.time().deliver(group.roundTripNanos(), () -> propose(changes, done));
        } else {
            process.time().after(NO_LEADER_AFTER, () -> refuse(done));
        }
        return done;
    }

    private static void refuse(CompletableFuture<?> done) {
        done.completeExceptionally(new ConsistencyException.NoLeader("no leader is reached"));
    }

    private void propose(
            List<Change<RegistryRecord>> changes, CompletableFuture<List<Optional<Datum<RegistryRecord>>>> done) {
        if (!group.reachesLeader(process.index())) {
            refuse(done);
            return;
        }
        Optional<Change<RegistryRecord>> failed = group.commit(changes, by);
        if (failed.isPresent()) {
            done.completeExceptionally(new ConsistencyException.Conflict(
                    failed.get().key(), failed.get().condition()));
            return;
        }
        int index = group.committedCount();
        whenApplied(
                index,
                process.time().monoNanos(),
                done,
                () -> changes.stream()
                        .map(change -> Optional.ofNullable(copy.data.get(change.key())))
                        .toList());
    }

    private <T> void whenApplied(int index, long sinceNanos, CompletableFuture<T> done, Supplier<T> result) {
        if (copy.applied >= index) {
            done.complete(result.get());
        } else if (process.time().monoNanos() - sinceNanos > UNKNOWN_AFTER_NANOS) {
            done.completeExceptionally(new ConsistencyException.OutcomeUnknown("sent, and not applied here in time"));
        } else {
            process.time().after(LOOK, () -> whenApplied(index, sinceNanos, done, result));
        }
    }

    @Override
    public CompletionStage<Void> readBarrier() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (group.reachesLeader(process.index())) {
            int end = group.committedCount();
            process.time()
                    .deliver(
                            group.roundTripNanos(),
                            () -> whenApplied(end, process.time().monoNanos(), done, () -> null));
        } else {
            process.time().after(NO_LEADER_AFTER, () -> refuse(done));
        }
        return done;
    }

    @Override
    public Renewal renew(Key key) {
        throw new ConsistencyException.Invalid("persistent data has no sessions");
    }

    @Override
    public Optional<Datum<RegistryRecord>> get(Key key) {
        return Optional.ofNullable(copy.data.get(key));
    }

    @Override
    public List<Datum<RegistryRecord>> group(Mode mode, String name) {
        return copy.data.values().stream()
                .filter(datum -> datum.key().group().equals(name))
                .toList();
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<RegistryRecord>> visitor) {
        List.copyOf(copy.data.values()).forEach(visitor);
    }

    @Override
    public Subscription listen(Interest interest, ChangeListener<RegistryRecord> listener) {
        Listening listening = new Listening(interest, listener);
        List<ChangeEvent<RegistryRecord>> standing = new ArrayList<>();
        copy.data.values().stream()
                .filter(datum -> interest.matches(datum.key()))
                .forEach(datum -> standing.add(new ChangeEvent.Stored<>(datum)));
        if (!standing.isEmpty()) {
            listener.onChanges(standing);
        }
        listeners.add(listening);
        return () -> listeners.remove(listening);
    }

    private void tell(List<ChangeEvent<RegistryRecord>> events) {
        for (Listening one : List.copyOf(listeners)) {
            List<ChangeEvent<RegistryRecord>> wanted = events.stream()
                    .filter(event -> one.interest().matches(event.key()))
                    .toList();
            if (!wanted.isEmpty()) {
                one.listener().onChanges(wanted);
            }
        }
    }

    @Override
    public Readiness readiness(Mode mode) {
        return Readiness.READY;
    }

    @Override
    public Subscription listen(Consumer<Boolean> listener) {
        copy.leads = listener;
        if (copy.isLeader()) {
            listener.accept(true);
        }
        return () -> copy.leads = now -> {};
    }
}
