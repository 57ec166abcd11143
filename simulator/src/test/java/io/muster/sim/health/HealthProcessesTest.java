package io.muster.sim.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.member.health.core.HealthRules;
import io.muster.member.health.core.Notice;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that stop, end, come back and move (design §4 "Identity", §6; X11). */
class HealthProcessesTest {

    // Pauses.

    @ParameterizedTest
    @ValueSource(longs = {100, 300, 900, 1_500, 3_000, 6_000, 10_000, 30_000, 120_000})
    void pausedNode_blamesNobodyForIt_andIsJudgedByTheOthersAsSilent(long pausedMillis) {
        HealthCluster health = new HealthCluster(pausedMillis, 3).formed();
        long from = health.now();
        health.cluster.machine(0).pause();
        health.pass(Duration.ofMillis(pausedMillis));
        List<MemberState> others = List.of(health.state(1, 0), health.state(2, 0));
        health.cluster.machine(0).resume();
        health.awaitAllEqual();

        if (pausedMillis <= 900) {
            assertThat(others).containsOnly(MemberState.UP);
        } else if (pausedMillis >= 10_000) {
            assertThat(others).containsOnly(MemberState.DOWN);
        }
        assertBlamesNobodySince(health, 0, from);
    }

    private static void assertBlamesNobodySince(HealthCluster health, int machine, long nanos) {
        assertThat(health.shownSince(nanos).stream().filter(one -> one.machine() == machine))
                .allSatisfy(one -> assertThat(one.view().members())
                        .extracting(Member::state)
                        .doesNotContain(MemberState.SUSPICIOUS, MemberState.DOWN));
    }

    @Test
    void repeatedPauses_ofOneNodeAfterAnother_blameNoneOfTheOthers() {
        HealthCluster health = new HealthCluster(11, 5).formed();
        for (int round = 0; round < 20; round++) {
            int paused = round % 5;
            long from = health.now();
            health.cluster.machine(paused).pause();
            health.pass(Duration.ofMillis(400L + 450L * round));
            health.cluster.machine(paused).resume();
            health.awaitAllEqual();
            assertBlamesNobodySince(health, paused, from);
        }
    }

    @Test
    void allStandStillTogether_asWhenTheMachineSleeps_andNobodyIsSuspected() {
        HealthCluster health = new HealthCluster(12, 5).formed();
        long from = health.now();
        health.cluster.clock().standStill(Duration.ofMinutes(2));
        health.pass(Duration.ofSeconds(10));

        health.all().forEach(machine -> assertBlamesNobodySince(health, machine, from));
        assertThat(health.allEqual()).isTrue();
    }

    /** Planted bug: the tests of pauses can fail. */
    @Test
    void missesCountedWhileStandingStill_areCaught() {
        HealthRules broken = new HealthRules() {
            @Override
            protected boolean forgivesStandStill() {
                return false;
            }
        };
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> stutter(broken));
    }

    @Test
    void stutteringNode_blamesNobody() {
        stutter(new HealthRules());
    }

    /** Runs for a moment too short for a round trip over a slow link, stands still for longer than an interval, a few times in a row. */
    private static void stutter(HealthRules rules) {
        HealthCluster health = new HealthCluster(13, 3, rules).formed();
        long from = health.now();
        for (int i = 0; i < 10; i++) {
            for (int stops = 0; stops < 3; stops++) {
                health.cluster.machine(0).pause();
                health.network().isolate(0);
                health.pass(Duration.ofMillis(1_200));
                health.cluster.machine(0).resume();
                health.pass(Duration.ofMillis(20));
                health.network().heal();
            }
            health.pass(Duration.ofSeconds(3));
        }
        assertBlamesNobodySince(health, 0, from);
    }

    @Test
    void slowNode_andClocksThatRunFastOrSlow_keepEverybodyUp() {
        HealthCluster health = new HealthCluster(14, 3).formed();
        long from = health.now();
        health.cluster.machine(0).slow(50);
        health.cluster.machine(1).clockRate(0.5);
        health.cluster.machine(2).clockRate(2);
        health.pass(Duration.ofMinutes(2));

        health.all().forEach(machine -> assertBlamesNobodySince(health, machine, from));
    }

    /** X25. */
    @Test
    void wallClockThatJumps_changesNoState_andIsWarnedOf() {
        HealthCluster health = new HealthCluster(15, 3).formed();
        long from = health.now();
        health.cluster.machine(1).jumpWall(Duration.ofDays(3_650));
        health.pass(Duration.ofSeconds(20));

        health.all().forEach(machine -> assertBlamesNobodySince(health, machine, from));
        assertThat(health.noticed()).contains(Notice.Kind.CLOCK_SKEW);
        assertThat(health.driver(0).status().peer(health.nodeId(1)))
                .hasValueSatisfying(peer -> assertThat(peer.clockSkewMillis().orElseThrow())
                        .isBetween(
                                Duration.ofDays(3_650).toMillis() - 5,
                                Duration.ofDays(3_650).toMillis() + 5));
    }

    // Restarts.

    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void restartedNode_leavesEveryRing_beforeItIsBack(int size) {
        HealthCluster health = new HealthCluster(16, size).formed();
        long oldRun = runOf(health, 1, 0);
        long from = health.now();
        health.start(0);
        health.awaitAllEqual();

        for (int by = 1; by < size; by++) {
            assertThat(runOf(health, by, 0)).isNotEqualTo(oldRun);
            int machine = by;
            assertThat(health.shownSince(from).stream()
                            .filter(one -> one.machine() == machine)
                            .flatMap(one -> one.view().member(health.nodeId(0)).stream()))
                    .as("views of the new process before it has loaded")
                    .anySatisfy(member -> {
                        assertThat(member.runId()).isNotEqualTo(oldRun);
                        assertThat(member.loaded()).isFalse();
                    });
        }
    }

    @Test
    void restartStorm_endsWithEqualViews() {
        HealthCluster health = new HealthCluster(17, 3).formed();
        for (int i = 0; i < 30; i++) {
            health.start(i % 3);
            health.pass(Duration.ofMillis(150L * (i % 7)));
        }

        health.awaitAllEqual();
    }

    @Test
    void nodeThatLeaves_isOutOfTheRing_asSoonAsAMessageTakes() {
        HealthCluster health = new HealthCluster(18, 3).formed();
        health.driver(2).leave();
        health.pass(Duration.ofMillis(20));

        assertThat(health.member(0, 2)).hasValueSatisfying(member -> {
            assertThat(member.state()).isEqualTo(MemberState.DOWN);
            assertThat(member.reason()).isEqualTo("left");
        });
        health.kill(2);
        health.pass(Duration.ofSeconds(20));
        health.start(2);
        health.awaitAllEqual();
    }

    @Test
    void leaving_isHeardOf_thoughItsMessageIsLost() {
        HealthCluster health = new HealthCluster(19, 3).formed();
        health.network().isolate(2);
        health.driver(2).leave();
        health.pass(Duration.ofMillis(500));
        health.network().heal();
        health.pass(Duration.ofMillis(1_200));

        assertThat(health.member(0, 2))
                .hasValueSatisfying(member -> assertThat(member.reason()).isEqualTo("left"));
    }

    // Addresses.

    @Test
    void emptiedDirectoryAtTheSameAddress_isANewNode_andTheOldOneIsGone() {
        HealthCluster health = new HealthCluster(20, 3).formed();
        NodeId old = health.nodeId(0);
        health.wipeAndRestart(0);
        health.awaitAllEqual();

        assertThat(health.nodeId(0)).isNotEqualTo(old);
        health.all().forEach(by -> {
            assertThat(health.view(by).member(old)).isEmpty();
            assertThat(health.view(by).members()).hasSize(3);
            assertThat(health.view(by).wish().nodeIds()).doesNotContain(old).hasSize(3);
        });
    }

    /** Every pair of a cluster of four in turn, and all of them at once. */
    @Test
    void exchangedAddresses_confuseNoIdentity() {
        for (int one = 0; one < 4; one++) {
            for (int other = one + 1; other < 4; other++) {
                HealthCluster health = new HealthCluster(21, 4).formed();
                exchange(health, Map.of(one, other, other, one));
            }
        }
        exchange(new HealthCluster(22, 4).formed(), Map.of(0, 1, 1, 0, 2, 3, 3, 2));
        exchange(new HealthCluster(23, 5).formed(), Map.of(0, 1, 1, 2, 2, 3, 3, 4, 4, 0));
    }

    /** Planted bug: the tests of addresses can fail. */
    @Test
    void addressBelievedInsteadOfTheNode_isCaught() {
        HealthRules broken = new HealthRules() {
            @Override
            protected NodeId nodeAt(Optional<NodeId> known, NodeId answering) {
                return known.orElse(answering);
            }
        };
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> exchange(new HealthCluster(21, 3, broken).formed(), Map.of(0, 1, 1, 0)));
    }

    /** Machines restart one after another, each at the address of another. */
    private static void exchange(HealthCluster health, Map<Integer, Integer> newPlaces) {
        List<MemberAddress> places = health.cluster.addresses();
        Map<Integer, NodeId> identities = identities(health);
        newPlaces.keySet().forEach(health::kill);
        Map<Integer, MemberAddress> addresses = new HashMap<>();
        newPlaces.forEach((machine, place) -> addresses.put(machine, places.get(place)));
        health.readdress(addresses);
        health.pass(Duration.ofSeconds(2));
        for (int machine : newPlaces.keySet()) {
            health.start(machine);
            health.pass(Duration.ofSeconds(3));
        }
        health.awaitAllEqual();
        assertEverybodyIsWhereItIs(health, identities);
    }

    private static void assertEverybodyIsWhereItIs(HealthCluster health, Map<Integer, NodeId> identities) {
        for (int by : health.running()) {
            assertThat(health.view(by).members()).hasSize(health.running().size());
            for (int machine : health.running()) {
                assertThat(health.view(by).member(identities.get(machine)))
                        .hasValueSatisfying(member -> assertThat(member.address())
                                .isEqualTo(health.cluster.machine(machine).address()));
            }
        }
    }

    private static Map<Integer, NodeId> identities(HealthCluster health) {
        Map<Integer, NodeId> identities = new HashMap<>();
        health.all().forEach(machine -> identities.put(machine, health.nodeId(machine)));
        return identities;
    }

    @Test
    void addressTakenByABlankNode_neverPassesForTheOldOne() {
        HealthCluster health = new HealthCluster(24, 3).formed();
        NodeId old = health.nodeId(0);
        MemberAddress place = health.cluster.machine(0).address();
        List<MemberAddress> list = health.cluster.addresses();
        health.kill(0);
        health.pass(Duration.ofSeconds(2));
        int blank = health.cluster.addMachine().index();
        health.readdress(Map.of(blank, place));
        long from = health.now();
        health.list(list);
        health.start(blank);
        health.awaitAllEqual();

        assertThat(health.view(1).member(old)).isEmpty();
        assertThat(health.state(1, blank)).isEqualTo(MemberState.UP);
        assertThat(health.noticed()).contains(Notice.Kind.ADDRESS_TAKEN);
        assertThat(health.shownSince(from))
                .filteredOn(one -> one.view().member(health.nodeId(blank)).isPresent())
                .as("views that know the blank node")
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.view().member(old)).isEmpty());
    }

    @Test
    void allOnNewAddresses_findOneAnotherAgain() {
        HealthCluster health = new HealthCluster(25, 5).formed();
        Map<Integer, NodeId> identities = identities(health);
        List<MemberAddress> old = health.cluster.addresses();
        health.all().forEach(health::kill);
        Map<Integer, MemberAddress> addresses = new HashMap<>();
        IntStream.range(0, 5).forEach(i -> addresses.put(i, new MemberAddress("m" + i, 9_000, 8_000)));
        old.forEach(health.network()::unbind);
        health.readdress(addresses);
        health.list(List.copyOf(addresses.values()));
        health.all().forEach(health::start);
        health.awaitAllEqual();

        assertEverybodyIsWhereItIs(health, identities);
    }

    @Test
    void addressesThatMoveUnderLivingProcesses_areFollowed() {
        HealthCluster health = new HealthCluster(26, 3).formed();
        Map<Integer, NodeId> identities = identities(health);
        List<MemberAddress> places = health.cluster.addresses();
        health.readdress(Map.of(1, places.get(2), 2, places.get(1)));
        health.pass(Duration.ofSeconds(15));

        assertThat(health.allEqual()).isTrue();
        assertEverybodyIsWhereItIs(health, identities);
    }

    /** An operator's edit comes to one machine after another; a line that none of them spells as before throws nobody out. */
    @Test
    void lineSpeltAnew_onOneMachineAfterAnother_throwsNobodyOut() {
        HealthCluster health = new HealthCluster(29, 3).formed();
        long from = health.now();
        MemberAddress before = health.cluster.machine(2).address();
        MemberAddress anew = new MemberAddress("alias-of-" + before.host(), before.port(), before.peerPort());
        health.network().bind(anew, 2);
        List<MemberAddress> list = health.cluster.addresses().stream()
                .map(address -> address.equals(before) ? anew : address)
                .toList();
        for (int machine : health.running()) {
            health.list(machine, list);
            health.pass(Duration.ofSeconds(2));
        }

        assertThat(health.shownSince(from).stream().filter(one -> one.machine() != 2))
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.view().member(health.nodeId(2)))
                        .hasValueSatisfying(member -> {
                            assertThat(member.state()).isEqualTo(MemberState.UP);
                            assertThat(member.loaded()).isTrue();
                        }));
        assertThat(health.member(0, 2).orElseThrow().address()).isEqualTo(anew);
    }

    @Test
    void sameSeed_givesTheSameTrace() {
        assertThat(traceOf(27)).isEqualTo(traceOf(27)).isNotEqualTo(traceOf(28));
    }

    private static long traceOf(long seed) {
        HealthCluster health = new HealthCluster(seed, 5).formed();
        health.network().isolate(1);
        health.cluster.machine(2).pause();
        health.pass(Duration.ofSeconds(20));
        health.cluster.machine(2).resume();
        health.network().heal();
        health.awaitAllEqual();
        return health.cluster.clock().trace().value();
    }

    private static long runOf(HealthCluster health, int seenBy, int machine) {
        return health.member(seenBy, machine).orElseThrow().runId();
    }
}
