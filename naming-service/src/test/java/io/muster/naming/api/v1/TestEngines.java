package io.muster.naming.api.v1;

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
import io.muster.naming.registry.FakeConsistency;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * {@link FakeConsistency} behind a thread of its own: as with real engines, writes complete later and elsewhere than on
 * the event loop that asked.
 */
final class TestEngines implements ConsistencyService<RegistryRecord>, AutoCloseable {

    private final FakeConsistency fake = new FakeConsistency();
    private final ExecutorService engine = Executors.newSingleThreadExecutor();
    private volatile Optional<RuntimeException> writeFailure = Optional.empty();
    private volatile Optional<RuntimeException> barrierFailure = Optional.empty();

    /** From now on every write fails so. */
    void failWrites(RuntimeException failure) {
        writeFailure = Optional.of(failure);
    }

    /** From now on every write of one kind fails so. */
    void failWrites(Mode mode, ConsistencyException failure) {
        synchronized (fake) {
            fake.failWrites(mode, failure);
        }
    }

    /** From now on every linearizable read fails so. */
    void failBarrier(RuntimeException failure) {
        barrierFailure = Optional.of(failure);
    }

    @Override
    public CompletionStage<List<Optional<Datum<RegistryRecord>>>> apply(List<Change<RegistryRecord>> changes) {
        return CompletableFuture.supplyAsync(
                () -> {
                    writeFailure.ifPresent(TestEngines::fail);
                    synchronized (fake) {
                        return fake.apply(changes).toCompletableFuture().join();
                    }
                },
                engine);
    }

    @Override
    public CompletionStage<Void> readBarrier() {
        return CompletableFuture.runAsync(() -> barrierFailure.ifPresent(TestEngines::fail), engine);
    }

    private static void fail(RuntimeException failure) {
        throw failure;
    }

    @Override
    public Renewal renew(Key key) {
        synchronized (fake) {
            return fake.renew(key);
        }
    }

    @Override
    public Optional<Datum<RegistryRecord>> get(Key key) {
        synchronized (fake) {
            return fake.get(key);
        }
    }

    @Override
    public List<Datum<RegistryRecord>> group(Mode mode, String group) {
        synchronized (fake) {
            return fake.group(mode, group);
        }
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<RegistryRecord>> visitor) {
        synchronized (fake) {
            fake.forEach(mode, visitor);
        }
    }

    @Override
    public Subscription listen(Interest interest, ChangeListener<RegistryRecord> listener) {
        synchronized (fake) {
            return fake.listen(interest, listener);
        }
    }

    @Override
    public Readiness readiness(Mode mode) {
        return Readiness.READY;
    }

    @Override
    public void close() {
        engine.shutdownNow();
    }
}
