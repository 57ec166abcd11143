package io.muster.consistency;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Puts, removes, reads and listens by key (R1). All methods may be called from any thread, and none blocks.
 *
 * <p>Stages complete on a thread of the engine; continuations must be short or hop to a thread of their own. Every stage ends, within
 * the engine's write timeout at the latest, and fails only with a {@link ConsistencyException}.
 *
 * @param <V> the caller's family of immutable values
 */
public interface ConsistencyService<V> {

    /** Bound on the changes of one {@link #apply} call. */
    int BATCH_CHANGES_MAX = 10_000;

    /**
     * Carries out a batch of changes to keys of one mode.
     *
     * <p>Persistent: all of it happens in one step, or none. It is acknowledged when a majority holds it durably and it is applied
     * here (R17). Ephemeral: each change stands alone; the stage fails if any of them failed, and says so for the first. It is acknowledged
     * when the responsible member has it (R46).
     *
     * <p>When the stage completes, the listeners of this node have heard of the changes: who reads this node afterwards reads them (R71).
     *
     * @param changes 1 to {@value #BATCH_CHANGES_MAX}, all of one mode, no key twice
     * @return for each change, in order, what now stands under its key (the stored datum; empty after a removal). Fails with {@link
     *     ConsistencyException.Conflict} where a condition does not hold
     */
    CompletionStage<List<Optional<Datum<V>>>> apply(List<Change<V>> changes);

    /**
     * Renews the session of an ephemeral datum from any thread, at once and without I/O. The datum becomes healthy again soon after, if it
     * was not.
     *
     * @throws ConsistencyException.Invalid if the key is persistent
     * @throws ConsistencyException.NotReady while the engine is loading, and after it has stopped
     */
    Renewal renew(Key key);

    /** What this node holds now; expired ephemeral data are not shown. */
    Optional<Datum<V>> get(Key key);

    /** Everything that this node holds in a group now, in key order. */
    List<Datum<V>> group(Mode mode, String group);

    /** Walks everything of a mode that this node holds; weakly consistent while changes go on. */
    void forEach(Mode mode, Consumer<Datum<V>> visitor);

    /**
     * Completes when local reads of persistent keys are at least as new as every write that was acknowledged anywhere before the call
     * (R24, dissertation §6.4). For ephemeral keys there is no such point.
     */
    CompletionStage<Void> readBarrier();

    /**
     * Reads a persistent key linearizably.
     *
     * @return fails with {@link ConsistencyException.Invalid} for an ephemeral key
     */
    default CompletionStage<Optional<Datum<V>>> getLinearizable(Key key) {
        if (key.mode() != Mode.PERSISTENT) {
            return CompletableFuture.failedFuture(
                    new ConsistencyException.Invalid("only persistent keys can be read linearizably: " + key));
        }
        return readBarrier().thenApply(ignored -> get(key));
    }

    /**
     * Tells the listener of all that stands (as {@link ChangeEvent.Stored} events), then of every change, without gap or repetition
     * between the two.
     */
    Subscription listen(Interest interest, ChangeListener<V> listener);

    /** Whether the engine behind keys of this mode is ready. */
    Readiness readiness(Mode mode);

    /** A batch of one {@link Change.Put}. */
    default CompletionStage<Datum<V>> put(Key key, V value) {
        return one(Change.put(key, value)).thenApply(Optional::orElseThrow);
    }

    /** A batch of one leased {@link Change.Put}. */
    default CompletionStage<Datum<V>> put(Key key, V value, Lease lease) {
        return one(Change.put(key, value, lease)).thenApply(Optional::orElseThrow);
    }

    /** A batch of one {@link Change.Remove}. */
    default CompletionStage<Void> remove(Key key, Removal cause) {
        return one(Change.remove(key, cause)).thenAccept(ignored -> {});
    }

    private CompletionStage<Optional<Datum<V>>> one(Change<V> change) {
        return apply(List.of(change)).thenApply(results -> results.get(0));
    }
}
