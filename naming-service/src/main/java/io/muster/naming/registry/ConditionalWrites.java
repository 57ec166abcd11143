package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.naming.model.RegistryRecord;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Read, change, write if nobody wrote in between, and again a few times if somebody did: two operators who edit one
 * record never lose each other's fields.
 */
final class ConditionalWrites {

    /** Attempts at one record; who still conflicts then is told so. */
    static final int ATTEMPTS_MAX = 5;

    /** Before an ephemeral record is read again: time for the other write to arrive here. Doubles with each attempt. */
    private static final long FIRST_PAUSE_MILLIS = 20;

    private final ConsistencyService<RegistryRecord> consistency;
    private final Timer timer;

    ConditionalWrites(ConsistencyService<RegistryRecord> consistency, Timer timer) {
        this.consistency = consistency;
        this.timer = timer;
    }

    /** The condition under which a record is still as it was read. */
    static Condition unchanged(Optional<Datum<RegistryRecord>> read) {
        return read.map(datum -> Condition.versionIs(datum.version())).orElse(Condition.ABSENT);
    }

    /** What stands under a key here, for the audit. */
    String standing(Key key) {
        return consistency.get(key).map(datum -> datum.value().toString()).orElse("nothing");
    }

    /**
     * @param plan the batch wanted for what is stored under the key now; may throw a {@link RegistryException}; runs
     *     once an attempt
     * @return fails with {@link ConsistencyException.Conflict} when every attempt met another writer
     */
    CompletionStage<Void> write(Key key, Function<Optional<Datum<RegistryRecord>>, List<Change<RegistryRecord>>> plan) {
        return attempt(key, plan, 1);
    }

    private CompletionStage<Void> attempt(
            Key key, Function<Optional<Datum<RegistryRecord>>, List<Change<RegistryRecord>>> plan, int attempt) {
        List<Change<RegistryRecord>> changes;
        try {
            changes = plan.apply(consistency.get(key));
        } catch (RegistryException | IllegalArgumentException | ConsistencyException e) {
            // An engine that can't be read at the moment refuses, as one that can't be written does.
            return CompletableFuture.failedFuture(e);
        }
        if (changes.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return consistency
                .apply(changes)
                .<CompletionStage<Void>>handle((done, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(null);
                    }
                    Throwable cause = cause(failure);
                    return cause instanceof ConsistencyException.Conflict && attempt < ATTEMPTS_MAX
                            ? readAnew(key, attempt).thenCompose(ready -> attempt(key, plan, attempt + 1))
                            : CompletableFuture.failedFuture(cause);
                })
                .thenCompose(Function.identity());
    }

    /** Completes when a read here is likely to show what the attempt conflicted with. */
    CompletionStage<Void> readAnew(Key key, int attempt) {
        if (key.mode() == Mode.PERSISTENT) {
            return consistency.readBarrier();
        }
        CompletableFuture<Void> paused = new CompletableFuture<>();
        timer.after(FIRST_PAUSE_MILLIS << (attempt - 1), () -> paused.complete(null));
        return paused;
    }

    /** Whether a write met another writer. */
    static boolean isConflict(Throwable failure) {
        return cause(failure) instanceof ConsistencyException.Conflict;
    }

    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
