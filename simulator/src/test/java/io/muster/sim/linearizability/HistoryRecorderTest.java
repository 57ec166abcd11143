package io.muster.sim.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HistoryRecorderTest {

    private final HistoryRecorder<StoreCommand, StoreResult> recorder = new HistoryRecorder<>();
    private final LinearizabilityChecker<Optional<String>, StoreCommand, StoreResult> checker =
            LinearizabilityChecker.perKey(new RegisterModel());

    @Test
    void history_holdsOperationsInOrderOfTheirCalls_withTheirOutcomes() {
        var later = recorder.call("c1", "x", new StoreCommand.Put("a"), 20);
        var earlier = recorder.call("c2", "x", new StoreCommand.Delete(), 10);
        var open = recorder.call("c3", "x", new StoreCommand.Read(), 30);
        later.unknown(50);
        earlier.failed(40);

        assertThat(recorder.history().operations())
                .extracting(Operation::toString)
                .containsExactly(
                        "c2 [10, 40] x: delete → failed",
                        "c1 [20, 50] x: put a → unknown",
                        "c3 [30, ∞] x: read → unknown");
        open.ok(new StoreResult.Value(Optional.of("a")), 60);
        assertThat(recorder.history().operations()).last().hasToString("c3 [30, 60] x: read → a");
    }

    /** Virtual time stands still while a client goes from one operation to the next; the order is not lost. */
    @Test
    void momentsOfTheSameTime_areOrderedAsRecorded() {
        recorder.call("c1", "x", new StoreCommand.Put("a"), 5).ok(new StoreResult.Done(), 5);
        recorder.call("c2", "x", new StoreCommand.Read(), 5).ok(new StoreResult.Value(Optional.empty()), 5);

        assertThat(checker.check(recorder.history())).isInstanceOf(Verdict.Violation.class);
    }

    @Test
    void anOutcome_isToldOnce() {
        var call = recorder.call("c1", "x", new StoreCommand.Delete(), 1);
        call.unknown(2);

        assertThatThrownBy(() -> call.ok(new StoreResult.Done(), 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("answered twice");
    }

    @Test
    void aClockThatGoesBack_isRefused() {
        var call = recorder.call("c1", "x", new StoreCommand.Delete(), 10);

        assertThatThrownBy(() -> call.ok(new StoreResult.Done(), 9)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void threadsOnAnAtomicRegister_recordALinearizableHistory() throws Exception {
        int threads = 4;
        int operationsPerThread = 75;
        AtomicReference<Optional<String>> register = new AtomicReference<>(Optional.empty());
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> clients = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                String client = "c" + thread;
                Random random = new Random(thread);
                clients.add(executor.submit(() -> {
                    for (int i = 0; i < operationsPerThread; i++) {
                        operate(client, client + "-" + i, random, register);
                    }
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        } finally {
            executor.shutdownNow();
        }

        assertThat(recorder.history().operations()).hasSize(threads * operationsPerThread);
        assertThat(checker.check(recorder.history())).isEqualTo(new Verdict.Linearizable<>());
    }

    private void operate(String client, String value, Random random, AtomicReference<Optional<String>> register) {
        if (random.nextBoolean()) {
            var call = recorder.call(client, "x", new StoreCommand.Put(value), System.nanoTime());
            register.set(Optional.of(value));
            call.ok(new StoreResult.Done(), System.nanoTime());
        } else {
            var call = recorder.call(client, "x", new StoreCommand.Read(), System.nanoTime());
            Optional<String> found = register.get();
            call.ok(new StoreResult.Value(found), System.nanoTime());
        }
    }
}
