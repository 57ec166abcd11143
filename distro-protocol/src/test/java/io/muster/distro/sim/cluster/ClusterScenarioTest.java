package io.muster.distro.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Renewal;
import io.muster.distro.core.CoreConfig;
import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.LeaseLimits;
import io.muster.distro.core.PeerLimits;
import io.muster.member.NodeId;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Stories of a cluster with the default settings, told by hand on virtual time. */
class ClusterScenarioTest {

    private static final Lease LEASE = new Lease(15_000, 30_000);
    private static final Lease LONG_LEASE = new Lease(600_000, 900_000);
    private static final long SECOND = 1_000;

    private final List<SimServer> servers = new ArrayList<>();
    private CoreConfig config = CoreConfig.DEFAULTS;
    private SimCluster cluster = new SimCluster(1, 0, Routing.BY_NODE_ID);

    private void startCluster(int nodes) {
        cluster = new SimCluster(42, nodes, Routing.BY_NODE_ID);
        for (int node = 0; node < nodes; node++) {
            servers.add(start(node));
        }
        cluster.clock().runUntil(() -> servers.stream().allMatch(SimServer::ready), Duration.ofSeconds(20));
        pass(3 * SECOND);
    }

    private SimServer start(int node) {
        return new SimServer(cluster, cluster.machine(node).start(), config, ClusterBug.NONE, events -> {});
    }

    private void restart(int node) {
        servers.set(node, start(node));
    }

    private void pass(long millis) {
        cluster.clock().advance(Duration.ofMillis(millis));
    }

    private static Key key(String service, int instance) {
        return Key.ephemeral(service, "10.0.0." + instance + "#8080");
    }

    /** A service for which this node is responsible, as all see it. */
    private String serviceOf(int node) {
        for (int i = 0; ; i++) {
            String service = "service-" + i;
            if (servers.get(0)
                    .responsibleFor(service)
                    .equals(Optional.of(servers.get(node).process.identity().nodeId()))) {
                return service;
            }
        }
    }

    private void register(int node, Key key) {
        servers.get(node).put(key, "v", LEASE, Condition.ALWAYS);
    }

    private void registerForLong(int node, Key key) {
        servers.get(node).put(key, "v", LONG_LEASE, Condition.ALWAYS);
    }

    private void beatFor(long millis, int node, Key... keys) {
        for (long left = millis; left > 0; left -= 5 * SECOND) {
            for (Key key : keys) {
                servers.get(node).renew(key);
            }
            pass(5 * SECOND);
        }
    }

    private List<Optional<Mark>> marksOf(Key key) {
        return servers.stream().map(server -> server.get(key).map(Datum::mark)).toList();
    }

    private void assertEverywhere(Key key, Optional<Mark> mark) {
        assertThat(marksOf(key)).as("%s on each node", key).containsOnly(mark);
    }

    /** R49: nodes that start together find out at once that nobody has anything to load. */
    @Test
    void startOfAllAtOnce_waitsForNobody() {
        cluster = new SimCluster(42, 3, Routing.BY_NODE_ID);
        for (int node = 0; node < 3; node++) {
            servers.add(start(node));
        }
        pass(3 * SECOND);
        assertThat(servers).allMatch(SimServer::ready);
    }

    /** R49: who can't ask everybody waits, and then serves all the same. */
    @Test
    void startOfOneAlone_servesAfterTheLoadWait() {
        cluster = new SimCluster(42, 3, Routing.BY_NODE_ID);
        servers.add(start(0));
        pass(9_800);
        assertThat(servers.get(0).ready()).isFalse();
        pass(400);
        assertThat(servers.get(0).ready()).isTrue();
    }

    /** X2, R46: a change is on all nodes within the sync delay and a frame's time, whichever node it came to. */
    @Test
    void registration_isVisibleEverywhereWithin50Millis() {
        startCluster(3);
        for (int i = 0; i < 200; i++) {
            Key key = key("service-" + i, i);
            register(i % 3, key);
            pass(30);
            assertEverywhere(key, Optional.of(Mark.HEALTHY));
        }
    }

    /** R71: when the stage completes, the node that was asked shows the change, though another one is responsible. */
    @Test
    void write_thatIsPassedOn_isReadBackWhereItWasMade() {
        startCluster(3);
        Key key = key(serviceOf(1), 1);
        CompletableFuture<Optional<Datum<String>>> seen = new CompletableFuture<>();
        servers.get(0)
                .put(key, "v", LEASE, Condition.ALWAYS)
                .whenComplete((done, error) -> seen.complete(servers.get(0).get(key)));
        pass(5);
        assertThat(seen).isCompletedWithValueMatching(Optional::isPresent);
        assertThat(servers.get(0).get(key)).isEqualTo(servers.get(1).get(key));
    }

    /** R52, R42: the responsible member hangs; the node at hand takes over within the pass-on timeout, and at once the next time. */
    @Test
    void write_whoseResponsibleMemberHangs_isTakenOver() {
        startCluster(3);
        String service = serviceOf(1);
        cluster.machine(1).pause();
        var first = servers.get(0)
                .put(key(service, 1), "v", LEASE, Condition.ALWAYS)
                .toCompletableFuture();
        pass(400);
        assertThat(first).isNotDone();
        pass(150);
        assertThat(first).isCompleted();
        var second = servers.get(0)
                .put(key(service, 2), "v", LEASE, Condition.ALWAYS)
                .toCompletableFuture();
        pass(1);
        assertThat(second).isCompleted();
        cluster.machine(1).resume();
        pass(2 * SECOND);
        assertEverywhere(key(service, 1), Optional.of(Mark.HEALTHY));
        assertEverywhere(key(service, 2), Optional.of(Mark.HEALTHY));
    }

    /** R44: a beat that was in flight at a deregistration registers nothing, at whatever node it arrives. */
    @Test
    void beatInFlight_atAnotherNode_registersNothing() {
        startCluster(3);
        Key key = key(serviceOf(1), 1);
        register(0, key);
        pass(SECOND);
        servers.get(0).remove(key);
        pass(100);
        for (SimServer server : servers) {
            assertThat(server.renew(key)).isEqualTo(Renewal.JUST_REMOVED);
            server.put(key, "a full beat", LEASE, Condition.ABSENT);
        }
        pass(SECOND);
        assertEverywhere(key, Optional.empty());
    }

    /** R55: renewals at other nodes reach the responsible member, and no mark ever moves. */
    @Test
    void beats_atANodeThatIsNotResponsible_keepTheInstanceHealthyEverywhere() {
        startCluster(3);
        Key key = key(serviceOf(1), 1);
        register(0, key);
        for (int i = 0; i < 10; i++) {
            beatFor(10 * SECOND, i % 2 == 0 ? 0 : 2, key);
            assertEverywhere(key, Optional.of(Mark.HEALTHY));
        }
    }

    /** R55, R53: the one link to the responsible member is cut for a minute: the instance lives on, on every list. */
    @Test
    void cutOfTheOneLinkToTheResponsibleMember_expiresNothing() {
        startCluster(3);
        Key key = key(serviceOf(1), 1);
        register(0, key);
        pass(SECOND);
        cluster.network().cut(0, 1);
        for (int i = 0; i < 60; i++) {
            if (i % 5 == 0) {
                servers.get(0).renew(key);
            }
            pass(SECOND);
            assertThat(marksOf(key)).as("after %s s", i).doesNotContain(Optional.empty());
        }
        cluster.network().heal();
        pass(6 * SECOND);
        assertEverywhere(key, Optional.of(Mark.HEALTHY));
    }

    /** Issue 5, backstop: instance and responsible member die in the same second; it is gone after failure detection and its own timeout. */
    @Test
    void deathOfTheResponsibleMemberTogetherWithTheInstance_leavesNobodyBehind() {
        startCluster(3);
        Key key = key(serviceOf(1), 1);
        register(1, key);
        pass(5 * SECOND);
        cluster.machine(1).kill();
        servers.remove(1);
        pass(30 * SECOND);
        assertEverywhere(key, Optional.of(Mark.UNHEALTHY));
        pass(8 * SECOND);
        assertEverywhere(key, Optional.empty());
    }

    /** X14, X13: a node that restarts serves only once it holds all that lives. */
    @Test
    void restart_loadsEverythingBeforeItServes() {
        startCluster(3);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            keys.add(key(i < 1_500 ? "large" : "service-" + i % 300, i));
            register(i % 3, keys.get(i));
        }
        pass(2 * SECOND);
        restart(2);
        assertThat(servers.get(2).ready()).isFalse();
        cluster.clock().runUntil(() -> servers.get(2).ready(), Duration.ofSeconds(5));
        assertThat(servers.get(2).list()).hasSize(3_000);
        assertThat(servers.get(2).counts().digest())
                .isEqualTo(servers.get(0).counts().digest());
    }

    /** R49: the source of a snapshot dies in the middle; another one goes on. */
    @Test
    void load_whoseSourceDies_goesOnWithAnother() {
        startCluster(4);
        for (int i = 0; i < 20_000; i++) {
            register(0, key("service-" + i % 2_000, i));
        }
        pass(5 * SECOND);
        restart(3);
        cluster.clock().runUntil(() -> servers.get(3).counts().loadProgress() > 0.2, Duration.ofSeconds(5));
        cluster.network().isolate(servers.get(3).loadSource().orElse(0));
        cluster.clock().runUntil(() -> servers.get(3).ready(), Duration.ofSeconds(8));
        assertThat(servers.get(3).counts().totals().loadRetries()).isPositive();
        assertThat(servers.get(3).list()).hasSize(20_000);
    }

    /** Design §5, "Tombstones", planted bug N22: who slept longer than removals are remembered brings nothing back. */
    @Test
    void nodeThatSleptForLongerThanTombstonesLive_bringsNothingBack() {
        config = new CoreConfig(
                new LeaseLimits(60_000, 2_000, 61_000, 1_000), GuardLimits.DEFAULTS, PeerLimits.DEFAULTS, 15_000);
        startCluster(3);
        Key gone = key("service-1", 1);
        Key lives = key("service-1", 2);
        register(0, gone);
        register(0, lives);
        pass(SECOND);
        cluster.machine(2).pause();
        servers.get(0).remove(gone);
        beatFor(150 * SECOND, 0, lives);
        cluster.machine(2).resume();
        for (int i = 0; i < 20; i++) {
            servers.get(0).renew(lives);
            pass(500);
            assertThat(servers.get(0).get(gone)).isEmpty();
            assertThat(servers.get(1).get(gone)).isEmpty();
        }
        assertThat(servers.get(2).ready()).isTrue();
        assertEverywhere(gone, Optional.empty());
        assertEverywhere(lives, Optional.of(Mark.HEALTHY));
    }

    /** R48, X3: equal nodes exchange two small frames a round; ten differences among twenty thousand cost about ten records' bytes. */
    @Test
    void verify_costsWhatDiffers_notWhatIsHeld() {
        startCluster(2);
        for (int i = 0; i < 20_000; i++) {
            registerForLong(0, key(i < 10_000 ? "large" : "service-" + i / 10, i));
        }
        pass(5 * SECOND);
        long before = servers.get(0).bytesSent() + servers.get(1).bytesSent();
        pass(10 * SECOND);
        long equalRound = (servers.get(0).bytesSent() + servers.get(1).bytesSent() - before) / 4;
        assertThat(equalRound).as("bytes of a round when all is equal").isLessThan(120);

        cluster.network().cut(0, 1);
        for (int i = 0; i < 10; i++) {
            servers.get(0)
                    .put(
                            key(i < 5 ? "large" : "service-" + (1_000 + i), i < 5 ? i : 10_000 + 10 * i),
                            "w",
                            LONG_LEASE,
                            Condition.ALWAYS);
        }
        pass(10 * SECOND);
        before = servers.get(0).bytesSent() + servers.get(1).bytesSent();
        cluster.network().heal();
        pass(2_500);
        long repair = servers.get(0).bytesSent() + servers.get(1).bytesSent() - before;
        assertThat(servers.get(1).counts().digest())
                .isEqualTo(servers.get(0).counts().digest());
        assertThat(repair).as("bytes to find and repair ten differences").isLessThan(150_000);
        System.out.printf("verify: %d bytes a round when equal, %d to repair 10 of 20,000%n", equalRound, repair);
    }

    /** X1, issue 5: a fourth member takes its fair share and changes nobody's health. */
    @Test
    void fourthMember_takesItsShare_andChangesNoHealth() {
        startCluster(4);
        cluster.machine(3).kill();
        servers.remove(3);
        pass(10 * SECOND);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            keys.add(key("service-" + i, i));
            register(i % 3, keys.get(i));
        }
        pass(SECOND);
        List<Optional<?>> before = keys.stream()
                .<Optional<?>>map(key -> servers.get(0).responsibleFor(key.group()))
                .toList();
        beatFor(10 * SECOND, 0, keys.toArray(new Key[0]));
        servers.add(start(3));
        beatFor(30 * SECOND, 0, keys.toArray(new Key[0]));
        int moved = 0;
        for (int i = 0; i < keys.size(); i++) {
            moved += servers.get(0).responsibleFor(keys.get(i).group()).equals(before.get(i)) ? 0 : 1;
        }
        assertThat(moved).as("groups that moved, of 1,000").isBetween(220, 280);
        for (SimServer server : servers) {
            assertThat(server.list()).hasSize(1_000).allMatch(datum -> datum.mark() == Mark.HEALTHY);
            assertThat(server.counts().totals().unhealthy()).isZero();
        }
    }

    /** Design §5, "Responsibility": a graceful leave hands ages over, so that it prolongs no dead session. */
    @Test
    void leave_handsAgesOver() {
        startCluster(3);
        Key dead = key(serviceOf(1), 1);
        Key alive = key(serviceOf(1), 2);
        register(1, dead);
        register(0, alive);
        beatFor(10 * SECOND, 0, alive);
        servers.get(1).leave();
        pass(SECOND);
        cluster.machine(1).kill();
        servers.remove(1);
        beatFor(15 * SECOND, 0, alive);
        assertThat(servers.get(0).get(dead).map(Datum::mark)).contains(Mark.UNHEALTHY);
        beatFor(10 * SECOND, 0, alive);
        assertEverywhere(dead, Optional.empty());
        assertEverywhere(alive, Optional.of(Mark.HEALTHY));
    }

    /** X14: nor does it mark anybody; beats of long ago are all that the next one had heard of by itself. */
    @Test
    void leave_marksNobody() {
        startCluster(3);
        Key[] alive = IntStream.range(0, 50).mapToObj(i -> key(serviceOf(1), i)).toArray(Key[]::new);
        Stream.of(alive).forEach(key -> register(0, key));
        beatFor(40 * SECOND, 1, alive);
        Optional<NodeId> responsible = servers.get(0).responsibleFor(alive[0].group());
        servers.get(1).leave();
        pass(SECOND);
        cluster.machine(1).kill();
        servers.remove(1);
        pass(8 * SECOND);
        for (SimServer server : servers) {
            assertThat(server.counts().totals().unhealthy()).isZero();
        }
        assertThat(servers.get(0).responsibleFor(alive[0].group()))
                .as("somebody has taken them over")
                .isNotEqualTo(responsible);
    }

    /** X14: beats that lie between two batches are not lost with the node that took them. */
    @Test
    void stop_passesTheLatestBeatsOn() {
        startCluster(3);
        Key key = key(serviceOf(2), 1);
        register(0, key);
        pass(14 * SECOND);
        servers.get(1).renew(key);
        servers.get(1).stop(() -> cluster.machine(1).kill());
        pass(12 * SECOND);
        assertThat(servers.get(1).stopped()).isTrue();
        assertThat(servers.get(0).get(key).map(Datum::mark)).contains(Mark.HEALTHY);
        assertThat(servers.get(2).get(key).map(Datum::mark)).contains(Mark.HEALTHY);
        assertThat(servers.get(2).counts().totals().unhealthy()).isZero();
    }

    /** Beats of the last ones have nobody to go to. */
    @Test
    void stop_ofTheLastMember_waitsForNobody() {
        startCluster(1);
        Key key = key("service-0", 1);
        register(0, key);
        servers.get(0).leave();
        pass(SECOND);
        servers.get(0).renew(key);
        servers.get(0).stop(() -> cluster.machine(0).kill());
        pass(500);
        assertThat(servers.get(0).stopped()).isTrue();
    }

    /** Issue 5: a rack really dies: all UNHEALTHY on time, gone when all members have denied beats; guard or not, nobody else goes. */
    @Test
    void deathOfManyAtOnce_isBelieved_onceAllMembersDenyBeats() {
        startCluster(3);
        List<Key> dead = new ArrayList<>();
        List<Key> alive = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Key key = key("service-" + i % 10, i);
            register(i % 3, key);
            (i % 10 < 4 ? dead : alive).add(key);
        }
        beatFor(70 * SECOND, 0, alive.toArray(new Key[0]));
        dead.forEach(key -> register(0, key));
        beatFor(15 * SECOND, 0, alive.toArray(new Key[0]));
        pass(1_500);
        dead.forEach(key -> assertEverywhere(key, Optional.of(Mark.UNHEALTHY)));
        beatFor(20 * SECOND, 0, alive.toArray(new Key[0]));
        dead.forEach(key -> assertEverywhere(key, Optional.empty()));
        alive.forEach(key -> assertEverywhere(key, Optional.of(Mark.HEALTHY)));
    }

    /** R53, design §9: whatever was under way when a cut ends, all hold the same as soon as members have found each other, and not some rounds later. */
    @Test
    void endOfACut_makesAllEqualWithinASecond() {
        List<Long> took = new ArrayList<>();
        startCluster(3);
        for (int moment = 0; moment < 20; moment++) {
            cluster.network().isolate(0);
            for (int i = 0; i < 60; i++) {
                registerForLong(i % 3, key("moment-" + moment, i));
            }
            pass(10 * SECOND + 107L * moment);
            cluster.network().heal();
            long millis = 0;
            while (servers.stream()
                            .map(server -> server.counts().digest())
                            .distinct()
                            .count()
                    > 1) {
                pass(10);
                millis += 10;
                assertThat(millis).as("milliseconds at moment %s", moment).isLessThan(10 * SECOND);
            }
            took.add(millis);
            pass(7 * SECOND);
        }
        System.out.printf("equal after a cut: %s ms%n", took);
        assertThat(took).allMatch(millis -> millis < SECOND);
    }

    /** R53: what the other side heard during a cut counts as soon as it can be asked, not when the next beat is passed on. */
    @Test
    void endOfACut_marksNobody() {
        startCluster(3);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            keys.add(key("service-" + i % 20, i));
            register(i % 3, keys.get(i));
        }
        for (int tenth = 0; tenth < 350; tenth++) {
            if (tenth == 100) {
                cluster.network().isolate(0);
            } else if (tenth == 175) {
                cluster.network().heal();
            }
            for (int i = 0; i < keys.size(); i++) {
                if (tenth % 50 == i % 50) {
                    servers.get(i % 3).renew(keys.get(i));
                }
            }
            pass(SECOND / 10);
            for (Key key : keys) {
                assertThat(marksOf(key)).as("%s after %s tenths", key, tenth).containsOnly(Optional.of(Mark.HEALTHY));
            }
        }
    }

    /** R53, issue 5: the same loss caused by a cut between nodes: no list on the side of a live instance shrinks, and after it all are equal. */
    @Test
    void cutBetweenNodes_shrinksNoListOnTheSideOfTheLiving() {
        startCluster(3);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            keys.add(key("service-" + i % 10, i));
            register(i % 3, keys.get(i));
        }
        pass(SECOND);
        cluster.network().isolate(0);
        for (int second = 0; second < 140; second++) {
            if (second == 120) {
                cluster.network().heal();
            }
            for (int i = 0; i < keys.size(); i++) {
                if (second % 5 == i % 5) {
                    servers.get(i % 3).renew(keys.get(i));
                }
            }
            pass(SECOND);
            for (int i = 0; i < keys.size(); i++) {
                assertThat(servers.get(i % 3).get(keys.get(i)))
                        .as("%s after %s s", keys.get(i), second)
                        .isPresent();
                if (i % 3 != 0) {
                    assertThat(servers.get(3 - i % 3).get(keys.get(i)))
                            .as("%s after %s s", keys.get(i), second)
                            .isPresent();
                }
            }
        }
        for (SimServer server : servers) {
            assertThat(server.list()).hasSize(60).allMatch(datum -> datum.mark() == Mark.HEALTHY);
        }
    }
}
