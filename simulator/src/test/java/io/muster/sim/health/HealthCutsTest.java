package io.muster.sim.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.health.core.HealthRules;
import io.muster.member.health.core.Notice;
import io.muster.sim.net.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What members see when links are cut (design §6, R51). */
class HealthCutsTest {

    /** Long enough for every verdict: five misses after up to an interval, and an interval of asking. */
    private static final Duration JUDGED = Duration.ofMillis(7_300);

    static Stream<Arguments> orderedPairs() {
        return Stream.of(3, 5)
                .flatMap(size -> IntStream.range(0, size)
                        .boxed()
                        .flatMap(from -> IntStream.range(0, size)
                                .filter(to -> to != from)
                                .mapToObj(to -> Arguments.of(size, from, to))));
    }

    static Stream<Arguments> pairs() {
        return orderedPairs().filter(pair -> (int) pair.get()[1] < (int) pair.get()[2]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7})
    void clusterForms_andAllViewsAgree(int size) {
        HealthCluster health = new HealthCluster(1, size);
        health.all().forEach(health::start);

        assertThat(health.awaitAllEqual()).isLessThan(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @MethodSource("orderedPairs")
    void oneWayCut_theTwoAreSuspiciousToEachOther_andUpToAllOthers(int size, int from, int to) {
        HealthCluster health = new HealthCluster(2, size).formed();
        health.network().link(from, to).cut();

        assertOnlySuspiciousToEachOther(health, from, to);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void singleLinkCut_theTwoAreSuspiciousToEachOther_andUpToAllOthers(int size, int one, int other) {
        HealthCluster health = new HealthCluster(3, size).formed();
        health.network().cut(one, other);

        assertOnlySuspiciousToEachOther(health, one, other);
    }

    private static void assertOnlySuspiciousToEachOther(HealthCluster health, int one, int other) {
        long cutAt = health.now();
        health.pass(JUDGED);
        assertStates(
                health, pair -> pair.contains(one) && pair.contains(other) ? MemberState.SUSPICIOUS : MemberState.UP);
        assertThat(health.member(one, other).orElseThrow().reason()).contains("reached by n");

        health.pass(Duration.ofSeconds(30));
        assertStates(
                health, pair -> pair.contains(one) && pair.contains(other) ? MemberState.SUSPICIOUS : MemberState.UP);
        assertNeverDownSince(health, cutAt);
        health.network().heal();
        health.awaitAllEqual();
    }

    /** The order in which links break and processes start is all the same. */
    @ParameterizedTest
    @MethodSource("orderedPairs")
    void linkCutFromTheStart_theTwoAreSuspiciousToEachOther_andInTheRing(int size, int from, int to) {
        HealthCluster health = new HealthCluster(10, size);
        health.network().cut(from, to);
        health.all().forEach(health::start);
        health.pass(JUDGED);

        assertSuspiciousButInTheRing(health, from, to);
        assertNeverDownSince(health, 0);
        health.network().heal();
        health.awaitAllEqual();
    }

    @ParameterizedTest
    @MethodSource("orderedPairs")
    void restartBehindACutLink_theTwoAreSuspiciousToEachOther_andInTheRing(int size, int restarted, int other) {
        HealthCluster health = new HealthCluster(11, size).formed();
        health.network().cut(restarted, other);
        health.pass(JUDGED);
        long from = health.now();
        health.start(restarted);
        health.pass(JUDGED);

        assertSuspiciousButInTheRing(health, restarted, other);
        assertNeverDownSince(health, from);
        health.network().heal();
        health.awaitAllEqual();
    }

    /** The others saw it leave and come back; the one that no longer reaches it hears of that from them. */
    @Test
    void leaveAndReturnBehindACutLink_isHeardOfFromOthers() {
        HealthCluster health = new HealthCluster(12, 3).formed();
        health.leave(1);
        health.pass(Duration.ofMillis(100));
        health.network().cut(0, 1);
        health.kill(1);
        health.pass(JUDGED);
        assertThat(health.member(0, 1).orElseThrow().reason()).isEqualTo("left");
        health.start(1);
        health.pass(JUDGED);

        assertSuspiciousButInTheRing(health, 0, 1);
        health.network().heal();
        health.awaitAllEqual();
    }

    private static void assertSuspiciousButInTheRing(HealthCluster health, int one, int other) {
        assertStates(
                health, pair -> pair.contains(one) && pair.contains(other) ? MemberState.SUSPICIOUS : MemberState.UP);
        for (int by : List.of(one, other)) {
            assertThat(health.member(by, by == one ? other : one)).hasValueSatisfying(member -> {
                assertThat(member.loaded()).isTrue();
                assertThat(member.listsUs()).isTrue();
                assertThat(member.reason()).contains("reached by n");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 7})
    void isolatedNode_seesAllOthersDown_andTheySeeItDown(int size) {
        for (int isolated = 0; isolated < size; isolated++) {
            int cutOff = isolated;
            HealthCluster health = new HealthCluster(4, size).formed();
            health.network().isolate(cutOff);
            health.pass(JUDGED);

            assertStates(health, pair -> pair.contains(cutOff) ? MemberState.DOWN : MemberState.UP);
            health.network().heal();
            health.awaitAllEqual();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deafOrMuteNode_isDownToAll_asAllAreToIt(boolean deaf) {
        HealthCluster health = new HealthCluster(5, 5).formed();
        for (int other = 1; other < 5; other++) {
            Link link =
                    deaf ? health.network().link(other, 0) : health.network().link(0, other);
            link.cut();
        }
        health.pass(JUDGED);

        assertStates(health, pair -> pair.contains(0) ? MemberState.DOWN : MemberState.UP);
        health.network().heal();
        health.awaitAllEqual();
    }

    @Test
    void halves_seeEachOtherDown_andThemselvesUp() {
        HealthCluster health = new HealthCluster(6, 5).formed();
        crossing(health).forEach(Link::cut);
        health.pass(JUDGED);

        assertStates(health, pair -> sameSide(pair) ? MemberState.UP : MemberState.DOWN);
        health.network().heal();
        health.awaitAllEqual();
    }

    /** Two halves that heal by one link alone: what that link's ends reach, their side has in its ring again. */
    @Test
    void bridge_bringsDownMembersBackIntoTheRing() {
        HealthCluster health = new HealthCluster(7, 5).formed();
        crossing(health).forEach(Link::cut);
        health.pass(JUDGED);
        List<Integer> bridge = List.of(1, 2);
        crossing(health)
                .filter(link -> bridge.contains(link.from()) && bridge.contains(link.to()))
                .forEach(Link::restore);
        health.pass(Duration.ofSeconds(25));

        health.assertStates(1, 2, MemberState.UP);
        health.assertStates(2, 1, MemberState.UP);
        health.assertStates(0, 2, MemberState.SUSPICIOUS);
        health.assertStates(3, 1, MemberState.SUSPICIOUS);
        health.assertStates(0, 3, MemberState.DOWN);
        health.network().heal();
        health.awaitAllEqual();
    }

    @Test
    void flappingLink_isNeverDown_andChangesViewsSeldom() {
        HealthCluster health = new HealthCluster(8, 3).formed();
        long from = health.now();
        for (int i = 0; i < 60; i++) {
            health.network().cut(0, 1);
            health.pass(Duration.ofMillis(1_300));
            health.network().heal();
            health.pass(Duration.ofMillis(700));
        }

        assertNeverDownSince(health, from);
        assertThat(health.shownSince(from)).hasSizeLessThan(40);
        health.awaitAllEqual();
    }

    /** Over many phases of the probes against the moment of death. */
    @Test
    void deadNode_isSuspiciousWithinThreeIntervals_andDownWithinSix() {
        for (int seed = 0; seed < 40; seed++) {
            HealthCluster health = new HealthCluster(seed, 3).formed();
            health.pass(Duration.ofMillis(137L * seed));
            if (seed % 2 == 0) {
                health.losePower(2);
            } else {
                health.kill(2);
            }

            Duration suspicious = health.await(
                    Duration.ofMillis(3_200),
                    () -> health.state(0, 2) != MemberState.UP && health.state(1, 2) != MemberState.UP);
            Duration down = health.await(
                    Duration.ofMillis(6_200).minus(suspicious),
                    () -> health.state(0, 2) == MemberState.DOWN && health.state(1, 2) == MemberState.DOWN);
            assertThat(suspicious.plus(down)).isGreaterThan(Duration.ofSeconds(4));
        }
    }

    /** Planted bug: the test of single-link cuts can fail. */
    @Test
    void downWithoutAsking_isCaught() {
        HealthRules broken = new HealthRules() {
            @Override
            protected boolean asksBeforeDown() {
                return false;
            }
        };
        HealthCluster health = new HealthCluster(3, 3, broken).formed();
        health.network().cut(0, 1);

        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertOnlySuspiciousToEachOther(health, 0, 1));
    }

    @Test
    void refutedSuspicion_isTold() {
        HealthCluster health = new HealthCluster(9, 3).formed();
        health.network().cut(0, 1);
        health.pass(JUDGED);

        assertThat(health.noticed()).contains(Notice.Kind.MEMBER_SUSPICIOUS, Notice.Kind.SUSPICION_REFUTED);
        assertThat(health.driver(0).status().counters().suspicionsRefuted()).isEqualTo(1);
    }

    private static Stream<Link> crossing(HealthCluster health) {
        return health.network().links().stream().filter(link -> !sameSide(List.of(link.from(), link.to())));
    }

    private static boolean sameSide(List<Integer> pair) {
        return pair.stream().allMatch(machine -> machine < 2) || pair.stream().allMatch(machine -> machine >= 2);
    }

    private interface Expected {
        MemberState of(List<Integer> pair);
    }

    private static void assertStates(HealthCluster health, Expected expected) {
        for (int by = 0; by < health.cluster.size(); by++) {
            for (int machine = 0; machine < health.cluster.size(); machine++) {
                if (machine != by) {
                    health.assertStates(by, machine, expected.of(List.of(by, machine)));
                }
            }
        }
    }

    private static void assertNeverDownSince(HealthCluster health, long nanos) {
        List<HealthCluster.Shown> wrong = new ArrayList<>(health.shownSince(nanos));
        wrong.removeIf(
                one -> one.view().members().stream().map(Member::state).noneMatch(Predicate.isEqual(MemberState.DOWN)));
        assertThat(wrong).isEmpty();
    }
}
