package io.muster.simulation.health;

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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Engines whose writes somebody looks at, or alters, on the way in. */
final class WatchedEngines implements ConsistencyService<RegistryRecord> {

    private final ConsistencyService<RegistryRecord> engines;
    private final UnaryOperator<Change<RegistryRecord>> onTheWay;
    private final BooleanSupplier refuses;

    WatchedEngines(ConsistencyService<RegistryRecord> engines, UnaryOperator<Change<RegistryRecord>> onTheWay) {
        this(engines, onTheWay, () -> false);
    }

    /** @param refuses whether nothing is taken now */
    WatchedEngines(
            ConsistencyService<RegistryRecord> engines,
            UnaryOperator<Change<RegistryRecord>> onTheWay,
            BooleanSupplier refuses) {
        this.engines = engines;
        this.onTheWay = onTheWay;
        this.refuses = refuses;
    }

    @Override
    public CompletionStage<List<Optional<Datum<RegistryRecord>>>> apply(List<Change<RegistryRecord>> changes) {
        List<Change<RegistryRecord>> seen = changes.stream().map(onTheWay).toList();
        return refuses.getAsBoolean()
                ? CompletableFuture.failedFuture(new ConsistencyException.Overloaded("for a while"))
                : engines.apply(seen);
    }

    @Override
    public Renewal renew(Key key) {
        return engines.renew(key);
    }

    @Override
    public Optional<Datum<RegistryRecord>> get(Key key) {
        return engines.get(key);
    }

    @Override
    public List<Datum<RegistryRecord>> group(Mode mode, String group) {
        return engines.group(mode, group);
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<RegistryRecord>> visitor) {
        engines.forEach(mode, visitor);
    }

    @Override
    public CompletionStage<Void> readBarrier() {
        return engines.readBarrier();
    }

    @Override
    public Subscription listen(Interest interest, ChangeListener<RegistryRecord> listener) {
        return engines.listen(interest, listener);
    }

    @Override
    public Readiness readiness(Mode mode) {
        return engines.readiness(mode);
    }
}
