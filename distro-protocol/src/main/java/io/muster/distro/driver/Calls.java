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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Callers' writes: waiting for the core, then with it (or with the member to which it passed them on), then done and to be told. Their number
 * is bounded from the first to the last, in changes and in bytes (X17). {@link #submit} and {@link #changes} may be called from any thread.
 */
final class Calls<V> {

    /** One caller's changes, and the stage that the caller holds. */
    static final class Call<V> {
        final List<Change<V>> changes;
        final long bytes;
        final CompletableFuture<List<Optional<Datum<V>>>> stage = new CompletableFuture<>();

        @Nullable
        Outcome<V> outcome;

        Call(List<Change<V>> changes, long bytes) {
            this.changes = changes;
            this.bytes = bytes;
        }
    }

    /** Bound on what is not done, values as encoded; one batch that is larger goes alone. */
    static final long BYTES_MAX = 64L << 20;

    private final int changesMax;
    private final Queue<Call<V>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /** With the core, by the number that they have there. */
    private final Map<Long, Call<V>> open = new LinkedHashMap<>();

    private final List<Call<V>> done = new ArrayList<>();
    private long lastNumber;

    Calls(int changesMax) {
        this.changesMax = changesMax;
    }

    /**
     * Null when there is no room.
     *
     * @param size of the changes in bytes
     */
    @Nullable
    Call<V> submit(List<Change<V>> wanted, long size) {
        if (changes.addAndGet(wanted.size()) > changesMax) {
            changes.addAndGet(-wanted.size());
            return null;
        }
        if (bytes.addAndGet(size) > Math.max(BYTES_MAX, size)) {
            bytes.addAndGet(-size);
            changes.addAndGet(-wanted.size());
            return null;
        }
        Call<V> call = new Call<>(wanted, size);
        waiting.add(call);
        return call;
    }

    private void leaves(Call<V> call) {
        changes.addAndGet(-call.changes.size());
        bytes.addAndGet(-call.bytes);
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
                leaves(call);
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
        leaves(call);
        call.stage.completeExceptionally(reason);
    }
}
