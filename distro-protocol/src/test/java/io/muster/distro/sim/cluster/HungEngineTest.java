package io.muster.distro.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.distro.core.CoreConfig;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Issue 5, "Backstop": the engine of one node hangs in a process that lives on and answers probes. */
class HungEngineTest {

    private static final Lease LEASE = new Lease(15_000, 30_000);
    private static final long SECOND = 1_000;

    private final SimCluster cluster = new SimCluster(42, 3, Routing.BY_NODE_ID);
    private final List<SimServer> servers = new ArrayList<>();

    @BeforeEach
    void startCluster() {
        for (int node = 0; node < 3; node++) {
            servers.add(new SimServer(
                    cluster, cluster.machine(node).start(), CoreConfig.DEFAULTS, ClusterBug.NONE, events -> {}));
        }
        cluster.clock().runUntil(() -> servers.stream().allMatch(SimServer::ready), Duration.ofSeconds(20));
        pass(3 * SECOND);
    }

    private void pass(long millis) {
        cluster.clock().advance(Duration.ofMillis(millis));
    }

    /** The instance of a service for which this node is responsible, as all see it. */
    private Key keyOf(int node) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> Key.ephemeral("service-" + i, "10.0.0.1#8080"))
                .filter(key -> responsibleAt(0, key).equals(Optional.of(node)))
                .findFirst()
                .orElseThrow();
    }

    private Optional<Integer> responsibleAt(int node, Key key) {
        return servers.get(node)
                .responsibleFor(key.group())
                .flatMap(cluster::find)
                .map(machine -> machine.index());
    }

    private void register(int node, Key key) {
        servers.get(node).put(key, "v", LEASE, Condition.ALWAYS);
    }

    private Optional<Mark> markAt(int node, Key key) {
        return servers.get(node).get(key).map(Datum::mark);
    }

    /** ID3, ID5: others take its groups over, and an instance that died with it is gone after its own timeout. */
    @Test
    void whatDiesWithTheEngine_isGoneElsewhereAfterItsTimeout() {
        Key dead = keyOf(1);
        register(1, dead);
        pass(SECOND);
        servers.get(1).hang();
        pass(5 * SECOND);
        assertThat(responsibleAt(0, dead)).isNotEqualTo(Optional.of(1)).isEqualTo(responsibleAt(2, dead));
        pass(33 * SECOND);
        assertThat(markAt(0, dead)).isEmpty();
        assertThat(markAt(2, dead)).isEmpty();
    }

    /** ID2: it refuses its clients rather than take beats of which nobody hears; they go elsewhere, and no list loses them. */
    @Test
    void itsClientsGoElsewhere_andNobodyLosesThem() {
        List<Key> keys = List.of(keyOf(0), keyOf(1), keyOf(2));
        keys.forEach(key -> register(1, key));
        pass(SECOND);
        servers.get(1).hang();
        CompletableFuture<?> waiting =
                servers.get(1).put(keyOf(1), "w", LEASE, Condition.ALWAYS).toCompletableFuture();
        for (int second = 0; second < 90; second++) {
            if (second % 5 == 0) {
                SimServer asked = servers.get(1).serves() ? servers.get(1) : servers.get(2);
                keys.forEach(asked::renew);
            }
            pass(SECOND);
            for (Key key : keys) {
                assertThat(markAt(0, key)).as("%s after %s s", key, second).contains(Mark.HEALTHY);
                assertThat(markAt(2, key)).as("%s after %s s", key, second).contains(Mark.HEALTHY);
            }
            if (second != 2) {
                assertThat(servers.get(1).serves()).as("after %s s", second).isEqualTo(second < 2 || second > 60);
            }
            if (second == 60) {
                assertThat(waiting).isCompletedExceptionally();
                assertThatThrownBy(() -> servers.get(1).renew(keys.get(0))).isInstanceOf(NotReady.class);
                servers.get(1).goOn();
                pass(2 * SECOND);
            }
        }
        assertThat(servers.get(1).list())
                .hasSize(3)
                .allMatch(datum -> datum.value().equals("v"));
        assertThat(responsibleAt(0, keys.get(1))).isEqualTo(Optional.of(1));
        assertThat(responsibleAt(2, keys.get(1))).isEqualTo(Optional.of(1));
    }

    /** It counts no silence while it hangs, but nor is that a beat: who died, and was removed by the others meanwhile, does not come back by it. */
    @Test
    void whatWasRemovedMeanwhile_staysGone_whenItGoesOn() {
        List<Key> dead = List.of(keyOf(0), keyOf(1), keyOf(2));
        dead.forEach(key -> register(1, key));
        pass(SECOND);
        servers.get(1).hang();
        pass(60 * SECOND);
        staysGone(dead, () -> servers.get(1).goOn());
    }

    @Test
    void whatWasRemovedWhileAProcessStoodStill_staysGone() {
        List<Key> dead = List.of(keyOf(0), keyOf(1), keyOf(2));
        dead.forEach(key -> register(1, key));
        pass(SECOND);
        cluster.machine(1).pause();
        pass(60 * SECOND);
        staysGone(dead, () -> cluster.machine(1).resume());
    }

    private void staysGone(List<Key> dead, Runnable goesOn) {
        for (Key key : dead) {
            assertThat(markAt(0, key)).as("%s", key).isEmpty();
            assertThat(markAt(2, key)).as("%s", key).isEmpty();
        }
        goesOn.run();
        for (int tenths = 0; tenths < 400; tenths++) {
            pass(100);
            for (Key key : dead) {
                assertThat(markAt(0, key))
                        .as("%s after %s ms", key, 100 * tenths)
                        .isEmpty();
                assertThat(markAt(2, key))
                        .as("%s after %s ms", key, 100 * tenths)
                        .isEmpty();
            }
        }
        dead.forEach(key -> assertThat(markAt(1, key)).as("%s", key).isEmpty());
    }

    /** X14: a process that stood still as a whole is not taken for one whose engine hangs. */
    @Test
    void pauseOfTheWholeProcess_isNoHang() {
        cluster.machine(1).pause();
        pass(60 * SECOND);
        cluster.machine(1).resume();
        for (int tenths = 0; tenths < 100; tenths++) {
            pass(100);
            assertThat(servers.get(1).ready())
                    .as("%s ms after the pause", 100 * tenths)
                    .isTrue();
        }
    }
}
