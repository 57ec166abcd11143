package io.muster.consistency.router;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Readiness;
import io.muster.consistency.Renewal;
import io.muster.consistency.Subscription;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The consistency service that callers see: sends each call to the engine of the key's mode (R1). It checks what holds for both engines,
 * so that the engines need not.
 */
public final class ConsistencyRouter<V> implements ConsistencyService<V> {

    private final ConsistencyService<V> ephemeral;
    private final ConsistencyService<V> persistent;

    /**
     * @param ephemeral the engine for {@link Mode#EPHEMERAL} keys
     * @param persistent the engine for {@link Mode#PERSISTENT} keys
     */
    public ConsistencyRouter(ConsistencyService<V> ephemeral, ConsistencyService<V> persistent) {
        this.ephemeral = Objects.requireNonNull(ephemeral, "ephemeral");
        this.persistent = Objects.requireNonNull(persistent, "persistent");
    }

    @Override
    public CompletionStage<List<Optional<Datum<V>>>> apply(List<Change<V>> changes) {
        Optional<Invalid> fault = faultOf(changes);
        if (fault.isPresent()) {
            return CompletableFuture.failedFuture(fault.get());
        }
        return engine(changes.get(0).key().mode()).apply(changes);
    }

    private static <V> Optional<Invalid> faultOf(List<Change<V>> changes) {
        if (changes.isEmpty() || changes.size() > BATCH_CHANGES_MAX) {
            return Optional.of(new Invalid(
                    "a batch takes 1 to " + BATCH_CHANGES_MAX + " changes, this one has " + changes.size()));
        }
        if (changes.size() == 1) {
            return Optional.empty();
        }
        Mode mode = changes.get(0).key().mode();
        Set<Key> seen = new HashSet<>();
        for (Change<V> change : changes) {
            if (change.key().mode() != mode) {
                return Optional.of(new Invalid("a batch takes keys of one mode only: " + change.key()));
            }
            if (!seen.add(change.key())) {
                return Optional.of(new Invalid("a batch takes a key once only: " + change.key()));
            }
        }
        return Optional.empty();
    }

    @Override
    public Renewal renew(Key key) {
        if (key.mode() != Mode.EPHEMERAL) {
            throw new Invalid("only ephemeral keys can be renewed: " + key);
        }
        return ephemeral.renew(key);
    }

    @Override
    public Optional<Datum<V>> get(Key key) {
        return engine(key.mode()).get(key);
    }

    @Override
    public List<Datum<V>> group(Mode mode, String group) {
        return engine(mode).group(mode, group);
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<V>> visitor) {
        engine(mode).forEach(mode, visitor);
    }

    @Override
    public CompletionStage<Void> readBarrier() {
        return persistent.readBarrier();
    }

    @Override
    public Subscription listen(Interest interest, ChangeListener<V> listener) {
        return engine(interest.mode()).listen(interest, listener);
    }

    @Override
    public Readiness readiness(Mode mode) {
        return engine(mode).readiness(mode);
    }

    private ConsistencyService<V> engine(Mode mode) {
        return switch (mode) {
            case EPHEMERAL -> ephemeral;
            case PERSISTENT -> persistent;
        };
    }
}
