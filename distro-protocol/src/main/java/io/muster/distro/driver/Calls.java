package io.muster.distro.driver;

import io.muster.consistency.Change;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.distro.core.Effects.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Callers' writes: waiting for the core, then with it (or with the member to which it passed them on), then done and to be told. Their number
 * is bounded in changes from the first to the last (X17). {@link #submit} and {@link #changes} may be called from any thread.
 */
final class Calls<V> {

    /** One caller's changes, and the stage that the caller holds. */
    static final class Call<V> {
        final List<Change<V>> changes;
        final CompletableFuture<List<Optional<Datum<V>>>> stage = new CompletableFuture<>();

        @Nullable
        Outcome<V> outcome;

        Call(List<Change<V>> changes) {
            this.changes = changes;
        }
    }

    private final int changesMax;
    private final Queue<Call<V>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger changes = new AtomicInteger();

    /** With the core, by the number that they have there. */
    private final Map<Long, Call<V>> open = new LinkedHashMap<>();

    private final List<Call<V>> done = new ArrayList<>();
    private long lastNumber;

    Calls(int changesMax) {
        this.changesMax = changesMax;
    }

    /** Null when there is no room. */
    @Nullable
    Call<V> submit(List<Change<V>> wanted) {
        if (changes.addAndGet(wanted.size()) > changesMax) {
            changes.addAndGet(-wanted.size());
            return null;
        }
        Call<V> call = new Call<>(wanted);
        waiting.add(call);
        return call;
    }

    /** How many changes are not done. */
    int changes() {
        return changes.get();
    }

    boolean noneWaits() {
        return waiting.isEmpty();
    }

    boolean noneIsOpen() {
        return open.isEmpty();
    }

    @Nullable
    Call<V> next() {
        return waiting.poll();
    }

    /** The call goes to the core, under this number. */
    long open(Call<V> call) {
        open.put(++lastNumber, call);
        return lastNumber;
    }

    /** The core is done with it; the caller is told by {@link #settle}, once the listeners have heard. */
    void done(Outcome<V> outcome) {
        Call<V> call = open.remove(outcome.call());
        if (call != null) {
            call.outcome = outcome;
            done.add(call);
        }
    }

    void settle() {
        for (Call<V> call : done) {
            Outcome<V> outcome = call.outcome;
            if (outcome != null) {
                changes.addAndGet(-call.changes.size());
                outcome.refusal()
                        .ifPresentOrElse(
                                call.stage::completeExceptionally, () -> call.stage.complete(outcome.results()));
            }
        }
        done.clear();
    }

    /** Those that the core has not seen did not happen. */
    void failWaiting(ConsistencyException reason) {
        for (Call<V> call = waiting.poll(); call != null; call = waiting.poll()) {
            fail(call, reason);
        }
    }

    /** Of those that the core has seen nobody knows. */
    void failOpen(ConsistencyException reason) {
        open.values().forEach(call -> fail(call, reason));
        open.clear();
        done.forEach(call -> fail(call, reason));
        done.clear();
    }

    private void fail(Call<V> call, ConsistencyException reason) {
        changes.addAndGet(-call.changes.size());
        call.stage.completeExceptionally(reason);
    }
}
