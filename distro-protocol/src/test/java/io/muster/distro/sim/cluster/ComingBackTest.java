package io.muster.distro.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Condition;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Renewal;
import io.muster.distro.core.CoreConfig;
import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.LeaseLimits;
import io.muster.distro.core.PeerLimits;
import io.muster.sim.cluster.OracleMembers;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.net.Cut;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Stories of nodes that were away for longer than half of what removals are remembered for, and of clusters that start from nothing: what they show when
 * they are back (design §5, "Tombstones" and "Start"; R53, X10, X13, X14).
 */
class ComingBackTest {

    private static final Lease LEASE = new Lease(15_000, 30_000);
    private static final long SECOND = 1_000;
    private static final long SIX_MINUTES = 360 * SECOND;

    private final List<SimServer> servers = new ArrayList<>();

    /** What lists of each node lost. */
    private final List<String> removed = new ArrayList<>();

    private CoreConfig config = CoreConfig.DEFAULTS;
    private SimCluster cluster = new SimCluster(42, 3, Routing.BY_NODE_ID);

    private void startThree() {
        for (int node = 0; node < 3; node++) {
            servers.add(start(node));
        }
        cluster.clock().runUntil(() -> servers.stream().allMatch(SimServer::ready), Duration.ofSeconds(20));
        pass(3 * SECOND);
    }

    private SimServer start(int node) {
        return new SimServer(
                cluster,
                cluster.machine(node).start(),
                config,
                ClusterBug.NONE,
                events -> events.stream()
                        .filter(ChangeEvent.Removed.class::isInstance)
                        .forEach(event -> removed.add("n" + (node + 1) + " " + event)));
    }

    private void pass(long millis) {
        cluster.clock().advance(Duration.ofMillis(millis));
    }

    private static Key key(int instance) {
        return Key.ephemeral("service-" + instance % 5, "10.0.0." + instance + "#8080");
    }

    private void register(int node, Key key) {
        servers.get(node).put(key, "v", LEASE, Condition.ALWAYS);
    }

    /** Full beats, as 1.x clients send them. */
    private void beat(int node, Key key) {
        if (servers.get(node).serves() && servers.get(node).renew(key) == Renewal.UNKNOWN) {
            servers.get(node).put(key, "v", LEASE, Condition.ABSENT);
        }
    }

    private boolean lists(int node, Key key) {
        return servers.get(node).get(key).isPresent();
    }

    /** The lists of an isolated node hold on to all who beat at it, when it is back after six minutes as well. */
    @Test
    void cutOfSixMinutes_shrinksNoListOnTheSideOfTheLiving() {
        startThree();
        List<Key> here = new ArrayList<>();
        List<Key> there = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            (i % 2 == 0 ? here : there).add(key(i));
            register(i % 2 == 0 ? 2 : i % 4 / 2, key(i));
        }
        pass(SECOND);
        Cut cut = Cut.isolate(cluster.network(), 2);
        for (long left = SIX_MINUTES + 12 * SECOND; left > 0; left -= 4 * SECOND) {
            here.forEach(key -> beat(2, key));
            there.forEach(key -> beat(0, key));
            pass(4 * SECOND);
        }
        removed.clear();
        cut.heal();
        for (int i = 0; i < 200; i++) {
            if (i % 40 == 39) {
                here.forEach(key -> beat(2, key));
                there.forEach(key -> beat(0, key));
            }
            pass(100);
            assertThat(here)
                    .as("%s ms after the cut healed; %s", 100 * i, removed)
                    .allMatch(key -> lists(2, key));
            assertThat(there).allMatch(key -> lists(0, key) && lists(1, key));
        }
        assertThat(servers).allMatch(SimServer::ready);
        assertThat(here).allMatch(key -> lists(0, key) && lists(1, key));
        assertThat(there).allMatch(key -> lists(2, key));
    }

    /** N22: what a node heard of just before it slept, and was deregistered elsewhere meanwhile, stays away (ID4). */
    @Test
    void whatWasHeardJustBeforeALongPause_andIsDeregistered_staysAway() {
        config = new CoreConfig(
                new LeaseLimits(60_000, 2_000, 61_000, 1_000), GuardLimits.DEFAULTS, PeerLimits.DEFAULTS, 15_000);
        startThree();
        Key gone = key(1);
        Key dead = key(2);
        Key lives = key(3);
        register(2, gone);
        register(2, dead);
        register(2, lives);
        pass(SECOND);
        servers.get(2).renew(gone);
        servers.get(2).renew(dead);
        cluster.machine(2).pause();
        pass(10 * SECOND);
        servers.get(0).remove(gone);
        for (int i = 0; i < 40; i++) {
            beat(0, lives);
            pass(4 * SECOND);
        }
        cluster.machine(2).resume();
        for (int i = 0; i < 300; i++) {
            if (i % 40 == 0) {
                beat(i % 80 == 0 ? 0 : 2, lives);
            }
            pass(100);
            for (int node = 0; node < 2; node++) {
                assertThat(lists(node, gone) || lists(node, dead))
                        .as("n%s lists it again, %s ms after the pause", node + 1, 100 * i)
                        .isFalse();
                assertThat(lists(node, lives)).isTrue();
            }
        }
        assertThat(servers.get(2).ready()).isTrue();
        assertThat(lists(2, gone) || lists(2, dead)).isFalse();
        assertThat(lists(2, lives)).isTrue();
    }

    /** Of two members one sleeps, and the other one, cut off thereby, ran on: what was deregistered there stays away, though both load anew (ID4). */
    @Test
    void oneOfTwoSlept_whatWasDeregisteredAtTheOther_staysAway() {
        cluster = new SimCluster(42, 2, Routing.BY_NODE_ID);
        config = new CoreConfig(
                new LeaseLimits(60_000, 2_000, 61_000, 1_000), GuardLimits.DEFAULTS, PeerLimits.DEFAULTS, 15_000);
        servers.add(start(0));
        servers.add(start(1));
        cluster.clock().runUntil(() -> servers.stream().allMatch(SimServer::ready), Duration.ofSeconds(20));
        pass(3 * SECOND);
        Key gone = key(1);
        Key lives = key(3);
        register(1, gone);
        register(1, lives);
        pass(SECOND);
        cluster.machine(1).pause();
        pass(10 * SECOND);
        servers.get(0).remove(gone);
        for (int i = 0; i < 40; i++) {
            beat(0, lives);
            pass(4 * SECOND);
        }
        cluster.machine(1).resume();
        for (int i = 0; i < 300; i++) {
            if (i % 40 == 0) {
                beat(i % 80 == 0 ? 0 : 1, lives);
            }
            pass(100);
            assertThat(lists(0, gone))
                    .as("listed again, %s ms after the pause", 100 * i)
                    .isFalse();
            assertThat(lists(0, lives)).isTrue();
        }
        assertThat(servers).allMatch(SimServer::ready);
        assertThat(lists(1, gone)).isFalse();
        assertThat(lists(1, lives)).isTrue();
    }

    /** Who loads from a node that has had a cold start itself holds its lists back as long as that one. */
    @Test
    void allKilled_andBackOneAfterTheOther_nobodyServesAFalseEmptyList() {
        startThree();
        for (int i = 0; i < 30; i++) {
            register(i % 3, key(i));
        }
        pass(5 * SECOND);
        for (int node = 0; node < 3; node++) {
            cluster.machine(node).kill();
        }
        pass(SECOND);
        for (int node = 0; node < 2; node++) {
            servers.set(node, start(node));
            pass(SECOND);
        }
        servers.remove(2);
        for (int tenths = 0; tenths < 300; tenths++) {
            pass(100);
            if (tenths % 50 == 0) {
                for (int i = 0; i < 30; i++) {
                    beat(0, key(i));
                }
            }
            for (SimServer server : servers) {
                boolean showsLists = server.ready() && !server.counts().warmingUp();
                assertThat(showsLists && server.list().size() < 30)
                        .as("%s lists %s", server.process.index(), server.list().size())
                        .isFalse();
            }
        }
        assertThat(servers)
                .allMatch(server -> server.ready() && !server.counts().warmingUp());
    }

    /** X10: one node alone serves on, also at the moment when another one starts from nothing, and that one loads from it. */
    @Test
    void soleSurvivorOfSixMinutes_servesOnWhenAnotherStarts() {
        startThree();
        register(0, key(1));
        pass(5 * SECOND);
        cluster.machine(1).kill();
        cluster.machine(2).kill();
        for (long left = SIX_MINUTES + 12 * SECOND; left > 0; left -= 4 * SECOND) {
            beat(0, key(1));
            pass(4 * SECOND);
        }
        servers.set(1, start(1));
        for (int i = 0; i < 150; i++) {
            pass(100);
            if (i % 40 == 0) {
                beat(0, key(1));
            }
            assertThat(servers.get(0).ready()).as("after %s ms", 100 * i).isTrue();
            assertThat(servers.get(1).ready() && !servers.get(1).counts().warmingUp() && !lists(1, key(1)))
                    .as("the other one serves without it")
                    .isFalse();
        }
        assertThat(servers.get(1).ready()).isTrue();
    }

    /** A machine that sleeps takes all nodes with it: who wakes up goes on with what it holds, whoever is dead. */
    @Test
    void allStoodStillForSixMinutes_andOneIsDead_serveOnAtOnce() {
        startThree();
        register(0, key(1));
        pass(5 * SECOND);
        cluster.machine(2).kill();
        pass(30 * SECOND);
        beat(0, key(1));
        pass(SECOND);
        cluster.machine(0).pause();
        cluster.machine(1).pause();
        pass(SIX_MINUTES);
        cluster.machine(0).resume();
        cluster.machine(1).resume();
        pass(2 * SECOND);
        for (int node = 0; node < 2; node++) {
            assertThat(servers.get(node).ready()).as("n%s", node + 1).isTrue();
            assertThat(lists(node, key(1))).isTrue();
        }
    }

    /** Issue 6, growth by editing lists node by node with minutes between: nobody's health flaps, wherever its client beats (R55). */
    @Test
    void fourthMember_thatOnlyOneOfTheOthersLists_changesNoHealth() {
        cluster = new SimCluster(42, 4, Routing.BY_NODE_ID);
        OracleMembers.Lists differing = (lister, listed) -> lister == 0 || lister == 3 || listed != 3;
        for (int node = 0; node < 4; node++) {
            servers.add(new SimServer(
                    cluster,
                    cluster.machine(node).start(),
                    config,
                    SimServer.QUEUED_CHANGES_MAX,
                    ClusterBug.NONE,
                    differing,
                    this::noteUnhealthy));
        }
        cluster.clock().runUntil(() -> servers.stream().allMatch(SimServer::ready), Duration.ofSeconds(30));
        assertThat(servers).allMatch(SimServer::ready);
        for (int i = 0; i < 40; i++) {
            register(i % 4, key(i));
        }
        for (int seconds = 0; seconds < 180; seconds += 5) {
            for (int i = 0; i < 40; i++) {
                beat(i % 4, key(i));
            }
            pass(5 * SECOND);
        }
        assertThat(removed).isEmpty();
        for (int node = 0; node < 4; node++) {
            assertThat(servers.get(node).list()).as("n%s", node + 1).hasSize(40);
        }
    }

    private void noteUnhealthy(List<ChangeEvent<String>> events) {
        events.stream()
                .filter(event -> event instanceof ChangeEvent.Removed<String>
                        || (event instanceof ChangeEvent.Marked<String> marked
                                && marked.datum().mark() != Mark.HEALTHY))
                .forEach(event -> removed.add(event.toString()));
    }
}
