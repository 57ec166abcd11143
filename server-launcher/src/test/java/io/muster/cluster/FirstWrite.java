package io.muster.cluster;

import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Attempt;
import io.muster.testkit.client.History;
import io.muster.testkit.client.Outcome;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.load.RegisterLoad;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How long nobody gets a persistent write through when something befalls the leader. */
final class FirstWrite {

    private static final int WRITERS = 6;
    private static final Duration INTERVAL = Duration.ofMillis(10);
    private static final List<String> REGISTERS = List.of("first-write-1", "first-write-2", "first-write-3");

    private FirstWrite() {}

    /**
     * From just before the fault to the end of the first write that was sent after it and succeeded.
     *
     * @param through the nodes that clients use, those that the fault spares
     */
    static Duration after(Runnable fault, ServerCluster cluster, List<ClusterNode> through) {
        URI[] urls = through.stream().map(node -> node.uri("/")).toArray(URI[]::new);
        History history = History.ofPersistent();
        RegistryClient client = RegistryClient.of(cluster::urls).ofNodes(urls);
        try (RegisterLoad load = RegisterLoad.start(client, history, REGISTERS, WRITERS, 0, INTERVAL)) {
            await("writes go on before the fault")
                    .atMost(PersistentStory.SETTLES_WITHIN)
                    .until(() -> load.report().writes().ok() >= WRITERS);
            long beforeNanos = System.nanoTime();
            fault.run();
            long afterNanos = System.nanoTime();
            Attempt first = await("a write succeeds after the fault")
                    .atMost(PersistentStory.SETTLES_WITHIN)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> first(history, afterNanos), Optional::isPresent)
                    .orElseThrow();
            return Duration.ofNanos(first.completedNanos() - beforeNanos);
        }
    }

    private static Optional<Attempt> first(History history, long sinceNanos) {
        return history.attempts().stream()
                .filter(attempt -> attempt.outcome() == Outcome.OK && attempt.invokedNanos() >= sinceNanos)
                .min((a, b) -> Long.compare(a.completedNanos(), b.completedNanos()));
    }
}
