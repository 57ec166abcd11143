package io.muster.distro;

import static io.muster.distro.EngineFixture.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.consistency.Renewal;
import io.muster.distro.core.TextCodec;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.port.NoPeers;
import io.muster.member.port.Ports;
import io.muster.sim.FixedMembers;
import io.muster.sim.MemoryDisk;
import io.muster.sim.SeededRng;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads at one engine on a thread of its own. */
@Timeout(60)
class ConcurrencyTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 20_000;
    private static final NodeId SELF = new NodeId(1, 1);

    private final ThreadTime time = new ThreadTime();
    private final AtomicReference<Throwable> fault = new AtomicReference<>();
    private DistroEngine<String> engine;

    @BeforeEach
    void start() throws Exception {
        Ports ports = new Ports(
                time, new SeededRng(1), new NoPeers(), new MemoryDisk().open(time), FixedMembers.standalone(SELF));
        engine = new DistroEngine<>(
                DistroConfig.DEFAULTS, new TextCodec(), new NodeIdentity(SELF, 1), ports, new CountingMetrics());
        get(engine.start());
    }

    @AfterEach
    void stop() {
        time.close();
    }

    /** Each thread is a client that must read its own writes, at any moment, while the listeners' picture grows alongside. */
    @Test
    void ownWritesAreReadBack_andListenersEndUpWithTheSame() throws Exception {
        Map<Key, Datum<String>> mirror = new ConcurrentHashMap<>();
        engine.listen(
                Interest.all(Mode.EPHEMERAL),
                events -> events.forEach(event -> {
                    if (event instanceof ChangeEvent.Stored<String> stored) {
                        mirror.put(event.key(), stored.datum());
                    } else if (event instanceof ChangeEvent.Removed<String>) {
                        mirror.remove(event.key());
                    }
                }));
        inParallel(thread -> {
            Random random = new Random(thread);
            for (int round = 0; round < ROUNDS / 10; round++) {
                Key key = Key.ephemeral("service-" + random.nextInt(3), thread + "#" + random.nextInt(50));
                if (random.nextInt(4) > 0) {
                    Datum<String> stored = get(engine.put(key, "round " + round, LEASE));
                    assertThat(engine.get(key)).containsSame(stored);
                    assertThat(mirror.get(key)).isSameAs(stored);
                    assertThat(engine.renew(key)).isEqualTo(Renewal.RENEWED);
                } else {
                    get(engine.remove(key, Removal.CLIENT));
                    assertThat(engine.get(key)).isEmpty();
                    assertThat(mirror).doesNotContainKey(key);
                    assertThat(engine.renew(key)).isEqualTo(Renewal.JUST_REMOVED);
                }
            }
        });
        List<Datum<String>> all = new ArrayList<>();
        engine.forEach(Mode.EPHEMERAL, all::add);
        assertThat(mirror.values()).containsExactlyInAnyOrderElementsOf(all);
        assertThat(engine.status().records()).isEqualTo(all.size());
    }

    /** Writers that do not wait for each other share turns, and none is forgotten. */
    @Test
    void everyStageEnds_whenManyAreUnderWay() throws Exception {
        inParallel(thread -> {
            List<CompletionStage<Datum<String>>> stages = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                stages.add(engine.put(Key.ephemeral("s" + round % 7, thread + "#" + round), "v", LEASE));
            }
            for (CompletionStage<Datum<String>> stage : stages) {
                get(stage);
            }
        });
        assertThat(engine.status().records()).isEqualTo(THREADS * ROUNDS);
        assertThat(engine.status().queuedChanges()).isZero();
    }

    private interface Client {
        void run(int thread) throws Exception;
    }

    private void inParallel(Client client) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            threads.add(new Thread(() -> {
                try {
                    client.run(number);
                } catch (Exception | AssertionError e) {
                    fault.set(e);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(fault).hasValue(null);
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
