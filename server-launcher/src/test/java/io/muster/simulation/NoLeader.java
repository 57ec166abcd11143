package io.muster.simulation;

import io.muster.consistency.Change;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The engine for persistent data in a cluster that never has a leader, and holds nothing. */
final class NoLeader implements ConsistencyService<RegistryRecord> {

    private static ConsistencyException noLeader() {
        return new ConsistencyException.NoLeader("no leader");
    }

    @Override
    public CompletionStage<List<Optional<Datum<RegistryRecord>>>> apply(List<Change<RegistryRecord>> changes) {
        return CompletableFuture.failedFuture(noLeader());
    }

    @Override
    public Renewal renew(Key key) {
        throw new ConsistencyException.Invalid("persistent data has no sessions");
    }

    @Override
    public Optional<Datum<RegistryRecord>> get(Key key) {
        return Optional.empty();
    }

    @Override
    public List<Datum<RegistryRecord>> group(Mode mode, String group) {
        return List.of();
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<RegistryRecord>> visitor) {}

    @Override
    public CompletionStage<Void> readBarrier() {
        return CompletableFuture.failedFuture(noLeader());
    }

    @Override
    public Subscription listen(Interest interest, ChangeListener<RegistryRecord> listener) {
        return () -> {};
    }

    @Override
    public Readiness readiness(Mode mode) {
        return Readiness.waitingFor("a leader");
    }
}
