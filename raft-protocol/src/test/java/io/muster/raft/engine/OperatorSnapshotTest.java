package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.raft.SmallDirectory;
import io.muster.sim.DiskOperation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An operator who asks for a snapshot is answered in a bound of time, whatever state the cluster is in (R31). */
class OperatorSnapshotTest {

    private static final Duration WRITE_TIMEOUT =
            Duration.ofMillis(SmallDirectory.ofBytes(1 << 20).writeTimeoutMillis());
    private static final String VALUE = "v".repeat(20_000);

    /** As long as one from a leader is half received, none can be taken; without a majority no leader sends the other half. */
    @Test
    void whileOneIsReceivedWhoseSenderIsGone_theOperatorIsTold() {
        EngineCluster cluster = new EngineCluster(1, 3)
                .config(SmallDirectory.ofBytes(32 << 20).withSnapshotEveryEntries(50))
                .found();
        int leader = cluster.awaitLeader();
        int late = (leader + 1) % 3;
        cluster.put(late, "a", "1");
        cluster.awaitSame();
        cluster.machines().network().isolate(late);
        for (int i = 0; i < 300; i++) {
            cluster.put(leader, "k" + i, VALUE);
        }
        cluster.machines().network().heal();
        cluster.until(() -> cluster.machines().machine(late).disk().files().contains("raft/snapshot-received.tmp"));
        for (int node = 0; node < 3; node++) {
            if (node != late) {
                cluster.kill(node);
            }
        }

        CompletableFuture<Void> taken = cluster.engine(late).snapshot().toCompletableFuture();
        cluster.advance(WRITE_TIMEOUT.plusMillis(1));

        assertThat(taken).isCompletedExceptionally();
        assertThat(cluster.awaitFailure(taken)).isInstanceOf(NotReady.class).hasMessageContaining("being received");
        assertThat(cluster.failures()).isEmpty();
    }

    @Test
    void onADiskThatHangs_theOperatorIsTold_afterAMinute() {
        StandaloneNode node = new StandaloneNode();
        node.start();
        node.put("a", "1");
        node.disk()
                .latency(operation -> operation.kind() == DiskOperation.Kind.WRITE
                                && operation.file().endsWith("snapshot.tmp")
                        ? Duration.ofMinutes(2)
                        : Duration.ZERO);

        CompletableFuture<Void> taken = node.engine().snapshot().toCompletableFuture();
        node.clock().advance(Duration.ofSeconds(59));
        assertThat(taken).isNotDone();
        node.clock().advance(Duration.ofSeconds(2));
        assertThat(node.awaitFailure(taken)).isInstanceOf(OutcomeUnknown.class).hasMessageContaining("goes on");
    }

    @Test
    void withNothingNew_itIsDoneAtOnce() {
        StandaloneNode node = new StandaloneNode();
        node.start();
        node.put("a", "1");
        node.await(node.engine().snapshot());
        long index = node.engine().status().snapshotIndex();

        node.await(node.engine().snapshot());
        assertThat(node.engine().status().snapshotIndex()).isEqualTo(index);
    }
}
