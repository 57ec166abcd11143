package io.muster.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mode;
import io.muster.distro.core.TextCodec;
import io.muster.sim.SeededRng;
import io.muster.sim.SimNode;
import io.muster.sim.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** One engine on virtual time, whose process can die and start again on the same disk. */
final class EngineFixture {

    static final Lease LEASE = new Lease(15_000, 30_000);

    final VirtualTime clock = new VirtualTime(1_800_000_000_000L);
    final SimNode node = new SimNode(clock, new SeededRng(1), "n1");
    final CountingMetrics metrics = new CountingMetrics();
    DistroEngine<String> engine = newEngine();

    private DistroEngine<String> newEngine() {
        var ports = node.start();
        return new DistroEngine<>(DistroConfig.DEFAULTS, new TextCodec(), node.identity(), ports, metrics);
    }

    static Key key(String instance) {
        return Key.ephemeral("orders", instance);
    }

    DistroStart start() {
        CompletionStage<DistroStart> start = engine.start();
        settle();
        return done(start);
    }

    /** The process is killed and started anew. */
    DistroStart crashAndStart() {
        node.crash();
        engine = newEngine();
        return start();
    }

    void register(String instance) {
        done(engine.put(key(instance), "value of " + instance, LEASE));
    }

    /** What a stage gave; it must be complete once everything due has run. */
    <T> T done(CompletionStage<T> stage) {
        settle();
        var future = stage.toCompletableFuture();
        assertThat(future).isDone();
        return future.join();
    }

    /** How a stage failed; a dependent stage wraps the failure of the one before it. */
    Throwable failure(CompletionStage<?> stage) {
        settle();
        var future = stage.toCompletableFuture();
        assertThat(future).isCompletedExceptionally();
        Throwable failure = future.handle((result, error) -> error).join();
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    List<List<ChangeEvent<String>>> batchesOf(Interest interest) {
        List<List<ChangeEvent<String>>> batches = new ArrayList<>();
        engine.listen(interest, batches::add);
        settle();
        return batches;
    }

    List<String> listed() {
        return engine.group(Mode.EPHEMERAL, "orders").stream()
                .map(datum -> datum.key().id())
                .toList();
    }

    void settle() {
        clock.runUntilIdle();
    }

    void pass(long millis) {
        clock.advance(Duration.ofMillis(millis));
    }
}
