package io.muster.distro.driver;

import io.muster.consistency.Change;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A caller's changes on their way through the engine, and the stage that the caller holds. */
final class Submission<V> {

    private final List<Change<V>> changes;
    private final CompletableFuture<List<Optional<Datum<V>>>> stage = new CompletableFuture<>();

    private List<Optional<Datum<V>>> results = List.of();
    private @Nullable ConsistencyException refusal;

    Submission(List<Change<V>> changes) {
        this.changes = changes;
    }

    List<Change<V>> changes() {
        return changes;
    }

    CompletableFuture<List<Optional<Datum<V>>>> stage() {
        return stage;
    }

    /** Carried out; the caller is told by {@link #settle}, once the listeners have heard. */
    void carriedOut(List<Optional<Datum<V>>> allResults, Optional<ConsistencyException> firstRefusal) {
        results = allResults;
        refusal = firstRefusal.orElse(null);
    }

    void settle() {
        if (refusal == null) {
            stage.complete(results);
        } else {
            stage.completeExceptionally(refusal);
        }
    }

    void fail(ConsistencyException reason) {
        stage.completeExceptionally(reason);
    }
}
