package io.muster.distro.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Condition;
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
import org.junit.jupiter.api.Test;

/** Operators' edits in a cluster: no sign of life wherever they come in, and never lost to a beat that comes at the same time (R45, X12). */
class EditScenarioTest {

    private static final Lease LEASE = new Lease(15_000, 30_000);
    private static final int NODES = 3;

    private final List<SimServer> servers = new ArrayList<>();
    private SimCluster cluster = new SimCluster(1, 0, Routing.BY_NODE_ID);

    private void startCluster(long seed) {
        servers.clear();
        cluster = new SimCluster(seed, NODES, Routing.BY_NODE_ID);
        for (int node = 0; node < NODES; node++) {
            servers.add(new SimServer(
                    cluster, cluster.machine(node).start(), CoreConfig.DEFAULTS, ClusterBug.NONE, events -> {}));
        }
        cluster.clock().runUntil(() -> servers.stream().allMatch(SimServer::ready), Duration.ofSeconds(20));
        pass(3_000);
    }

    private void pass(long millis) {
        cluster.clock().advance(Duration.ofMillis(millis));
    }

    private static Key key(int instance) {
        return Key.ephemeral("service-" + instance, "10.0.0." + instance + "#8080");
    }

    private List<Optional<Mark>> marksOf(Key key) {
        return servers.stream().map(server -> server.get(key).map(Datum::mark)).toList();
    }

    private List<Optional<String>> valuesOf(Key key) {
        return servers.stream().map(server -> server.get(key).map(Datum::value)).toList();
    }

    /** An operator's loop, now at this node and now at that, over instances that are dead. */
    @Test
    void editLoop_overDeadInstances_keepsNoneOfThemListed() {
        startCluster(42);
        int instances = 6;
        for (int i = 0; i < instances; i++) {
            servers.get(i % NODES).put(key(i), "v", LEASE, Condition.ALWAYS);
        }
        pass(100);
        for (int turn = 0; turn < 28; turn++) {
            for (int i = 0; i < instances; i++) {
                servers.get((turn + i) % NODES).edit(key(i), "edit " + turn, LEASE);
            }
            pass(1_000);
        }
        for (int i = 0; i < instances; i++) {
            assertThat(marksOf(key(i))).as("after 28 s").containsOnly(Optional.of(Mark.UNHEALTHY));
            assertThat(valuesOf(key(i))).containsOnly(Optional.of("edit 27"));
        }
        for (int turn = 0; turn < 7; turn++) {
            for (int i = 0; i < instances; i++) {
                servers.get((turn + i) % NODES).edit(key(i), "late " + turn, LEASE);
            }
            pass(1_000);
        }
        for (int i = 0; i < instances; i++) {
            assertThat(marksOf(key(i))).as("after 35 s").containsOnly(Optional.empty());
        }
    }

    /** The beat at one node refutes the mark, and what the operator said at another stands all the same. */
    @Test
    void editAndBeat_atTheSameTime_ofAnUnhealthyInstance_giveALiveAndEditedOne() {
        for (int lead = -20; lead <= 20; lead += 2) {
            startCluster(100 + lead);
            Key key = key(1);
            servers.get(0).put(key, "v", LEASE, Condition.ALWAYS);
            pass(16_500);
            assertThat(marksOf(key)).containsOnly(Optional.of(Mark.UNHEALTHY));
            for (int editor = 0; editor < NODES; editor++) {
                SimServer beaten = servers.get((editor + 1) % NODES);
                String value = "edit " + lead + " at " + editor;
                if (lead < 0) {
                    beaten.renew(key);
                    pass(-lead);
                }
                servers.get(editor).edit(key, value, LEASE);
                if (lead >= 0) {
                    pass(lead);
                    beaten.renew(key);
                }
                pass(2_000);
                assertThat(valuesOf(key))
                        .as("edit at %s, beat %s ms later", editor, lead)
                        .containsOnly(Optional.of(value));
                assertThat(marksOf(key)).containsOnly(Optional.of(Mark.HEALTHY));
                pass(14_500);
                assertThat(marksOf(key)).containsOnly(Optional.of(Mark.UNHEALTHY));
            }
        }
    }

    /** The responsible member does not answer: whoever passed the edit on carries it out, and it is one edit. */
    @Test
    void edit_whoseResponsibleMemberIsCutOff_isTakenOver_andTheSameEverywhereInTheEnd() {
        startCluster(7);
        for (int i = 0; i < 6; i++) {
            Key key = key(i);
            servers.get(0).put(key, "v", LEASE, Condition.ALWAYS);
            pass(200);
            int responsible = responsibleFor(key);
            int editor = (responsible + 1) % NODES;
            cluster.network().isolate(responsible);
            servers.get(editor).edit(key, "edited", LEASE);
            pass(1_500);
            assertThat(servers.get(editor).get(key).map(Datum::value)).contains("edited");
            cluster.network().heal();
            for (int beat = 0; beat < 3; beat++) {
                servers.get(editor).renew(key);
                pass(5_000);
            }
            assertThat(valuesOf(key)).containsOnly(Optional.of("edited"));
            assertThat(marksOf(key)).containsOnly(Optional.of(Mark.HEALTHY));
        }
    }

    private int responsibleFor(Key key) {
        for (int node = 0; node < NODES; node++) {
            if (servers.get(0)
                    .responsibleFor(key.group())
                    .equals(Optional.of(servers.get(node).process.identity().nodeId()))) {
                return node;
            }
        }
        throw new AssertionError("nobody is responsible for " + key);
    }
}
