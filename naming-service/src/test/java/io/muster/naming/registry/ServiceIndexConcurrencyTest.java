package io.muster.naming.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Origin;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two engines' threads bring and take the last instances of one service, a third lets go of empty services, and a
 * fourth reads. After each short round all stand still, and the index must show exactly what the engines hold: a lost
 * name or a doubled entry would heal with the next change, so only a look in between finds it.
 */
class ServiceIndexConcurrencyTest {

    private static final int ROUNDS = 20_000;
    private static final Origin ORIGIN = new Origin(1, 2, 3);
    private static final ServiceName SERVICE = ServiceName.of("", "", "orders");
    private static final InstanceKey INSTANCE = new InstanceKey("10.0.0.1", 80, "DEFAULT");

    private final AtomicLong clock = new AtomicLong(1);

    /** Nothing is retained, so that services go and come all the time. */
    private final ServiceIndex index = new ServiceIndex(
            new RegistrySettings(RegistrySettings.STANDARD.heartbeat(), 0, 1_000), clock::incrementAndGet);

    private final Engine ephemeral = new Engine(Mode.EPHEMERAL, 1);
    private final Engine persistent = new Engine(Mode.PERSISTENT, 2);
    private final List<String> faults = new ArrayList<>();
    private long revisionSeen;

    @Test
    @Timeout(120)
    void afterEveryInterleaving_theIndexShowsWhatTheEnginesHold() throws InterruptedException, ExecutionException {
        AtomicBoolean stop = new AtomicBoolean();
        List<Runnable> parts = List.of(ephemeral::change, persistent::change, index::releaseEmpty, this::read);
        CyclicBarrier standstill = new CyclicBarrier(parts.size(), () -> {
            check();
            stop.set(!faults.isEmpty());
        });
        ExecutorService threads = Executors.newFixedThreadPool(parts.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Runnable part : parts) {
                running.add(threads.submit(() -> {
                    for (int round = 0; round < ROUNDS && !stop.get(); round++) {
                        part.run();
                        awaitOthers(standstill);
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            assertThat(faults).isEmpty();
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void awaitOthers(CyclicBarrier standstill) {
        try {
            standstill.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An engine with one instance, which is there or not. */
    private final class Engine {
        private final Key key;
        private final Random random;
        private long version;
        private Optional<Datum<RegistryRecord>> held = Optional.empty();

        Engine(Mode mode, long seed) {
            this.key = Keys.instance(SERVICE.keyGroup(), INSTANCE, mode == Mode.EPHEMERAL);
            this.random = new Random(seed);
        }

        void change() {
            int changes = random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                index.changeListener().onChanges(List.of(held.isPresent() ? take(held.get()) : bring()));
            }
        }

        private ChangeEvent<RegistryRecord> bring() {
            Instance instance = Instance.of(INSTANCE, key.mode() == Mode.EPHEMERAL);
            Datum<RegistryRecord> datum = new Datum<>(key, nextVersion(), Mark.HEALTHY, instance);
            held = Optional.of(datum);
            return new ChangeEvent.Stored<>(datum);
        }

        private ChangeEvent<RegistryRecord> take(Datum<RegistryRecord> last) {
            held = Optional.empty();
            return new ChangeEvent.Removed<>(last, nextVersion(), Removal.CLIENT, "here");
        }

        private Version nextVersion() {
            version++;
            return key.mode() == Mode.EPHEMERAL ? new Version.Hybrid(version, ORIGIN) : new Version.LogIndex(version);
        }

        int count() {
            return held.isPresent() ? 1 : 0;
        }
    }

    /** Revisions never run backwards for a reader, whichever life of the service it sees. */
    private void read() {
        for (int i = 0; i < 5; i++) {
            index.find(SERVICE).ifPresent(view -> {
                if (view.revision() < revisionSeen) {
                    faults.add("revision " + view.revision() + " after " + revisionSeen);
                }
                revisionSeen = view.revision();
            });
        }
    }

    /**
     * All stand still. A service that is only retained counts as there or not: the sweep may or may not have met it.
     */
    private void check() {
        int instances = ephemeral.count() + persistent.count();
        int shown = index.find(SERVICE).map(view -> view.instances().size()).orElse(0);
        expect("instances shown", instances, shown);
        expect("ephemeral counted", ephemeral.count(), index.ephemeralInstanceCount());
        expect("persistent counted", persistent.count(), index.persistentInstanceCount());
        if (instances > 0) {
            expect("names", List.of(SERVICE), index.names("public"));
        }
        expect("named and there", index.exists(SERVICE), index.names("public").contains(SERVICE));
    }

    private void expect(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            faults.add(what + ": " + actual + " instead of " + expected);
        }
    }
}
