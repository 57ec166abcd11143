package io.muster.naming.check.core;

import static io.muster.naming.check.core.CheckWorld.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.check.core.CheckWorld.Behaviour;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.InstanceKey;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When health flips, and when it does not (R72). */
class CheckCoreTest {

    private static final InstanceKey ONE = target(1);
    private static final long FOUND_MILLIS_MAX = 10_000;

    private final CheckWorld world = new CheckWorld(7);

    @Test
    void aLiveTarget_isNeverFlipped_andCheckedAtItsPace() {
        world.add(ONE, Behaviour.UP);
        world.run(600_000);
        assertThat(world.asked).isEmpty();
        assertThat(world.starts.get(ONE)).hasSizeBetween(108, 132);
    }

    @ParameterizedTest
    @EnumSource(
            value = Behaviour.class,
            names = {"REFUSES", "HANGS"})
    void aDeadTarget_isFound_andSoIsItsReturn(Behaviour death) {
        world.add(ONE, Behaviour.UP);
        world.run(20_000);
        world.is(ONE, death);
        world.run(FOUND_MILLIS_MAX);
        assertThat(world.asked).containsExactly("down " + ONE);
        world.is(ONE, Behaviour.UP);
        world.run(FOUND_MILLIS_MAX);
        assertThat(world.asked).containsExactly("down " + ONE, "clear " + ONE);
        assertThat(world.isShownHealthy(ONE)).isTrue();
    }

    @Test
    void lessThanThreeFailures_flipNothing() {
        world.add(ONE, Behaviour.UP);
        world.run(20_000);
        world.is(ONE, Behaviour.REFUSES);
        int before = world.starts.get(ONE).size();
        while (world.starts.get(ONE).size() < before + 2) {
            world.run(CheckCore.TICK_MILLIS);
        }
        world.is(ONE, Behaviour.UP);
        world.run(60_000);
        assertThat(world.counts().failed()).isEqualTo(2);
        assertThat(world.asked).isEmpty();
    }

    @Test
    void doubt_isLookedIntoWithinASecond() {
        world.add(ONE, Behaviour.REFUSES);
        world.run(FOUND_MILLIS_MAX);
        List<Long> starts = world.starts.get(ONE);
        assertThat(starts.get(2) - starts.get(0)).isBetween(1_000L, 2_100L);
        assertThat(world.asked).containsExactly("down " + ONE);
    }

    @Test
    void aFlip_needsNewResultsToBeTakenBack() {
        world.add(ONE, Behaviour.REFUSES);
        world.run(FOUND_MILLIS_MAX);
        world.is(ONE, Behaviour.UP);
        int before = world.starts.get(ONE).size();
        while (world.starts.get(ONE).size() < before + 3) {
            assertThat(world.asked).hasSize(1);
            world.run(CheckCore.TICK_MILLIS);
        }
        world.run(100);
        assertThat(world.asked).containsExactly("down " + ONE, "clear " + ONE);
    }

    @Test
    void aFlipThatIsNotWritten_isAskedForAgain() {
        world.writesFail = true;
        world.add(ONE, Behaviour.REFUSES);
        world.run(40_000);
        assertThat(world.asked).hasSizeBetween(4, 8).allMatch(("down " + ONE)::equals);
    }

    @Test
    void aFlipThatWasNotWritten_isNotTakenForItsOwn_whenSomebodySaysTheSameMuchLater() {
        world.writesFail = true;
        world.add(ONE, Behaviour.REFUSES);
        while (world.asked.isEmpty()) {
            world.run(CheckCore.TICK_MILLIS);
        }
        world.is(ONE, Behaviour.UP);
        world.run(30_000);
        world.writesFail = false;
        world.show(ONE, false);
        int before = world.starts.get(ONE).size();
        while (world.starts.get(ONE).size() < before + 3) {
            assertThat(world.asked).containsExactly("down " + ONE);
            world.run(CheckCore.TICK_MILLIS);
        }
        world.run(100);
        assertThat(world.asked).containsExactly("down " + ONE, "clear " + ONE);
    }

    @Test
    void aFailureDuringAStandstill_doesNotCount() {
        world.add(ONE, Behaviour.UP);
        world.run(20_000);
        world.is(ONE, Behaviour.HANGS);
        for (int i = 0; i < 40; i++) {
            world.run(200);
            world.standStill(800, i % 2 == 0);
        }
        assertThat(world.asked).doesNotContain("down " + ONE);
        assertThat(world.counts().voided()).isPositive();
        world.run(FOUND_MILLIS_MAX);
        assertThat(world.asked).contains("down " + ONE);
    }

    @Test
    void aPass_countsHoweverLateItIsSeen() {
        world.add(ONE, Behaviour.REFUSES);
        world.run(FOUND_MILLIS_MAX);
        world.is(ONE, Behaviour.UP);
        world.answerMillis = 300;
        for (int i = 0; i < 60 && !world.isShownHealthy(ONE); i++) {
            world.run(150);
            world.standStill(400, false);
        }
        assertThat(world.isShownHealthy(ONE)).isTrue();
    }

    @Test
    void whatTheTargetItselfSays_countsHoweverLateItIsSeen() {
        world.add(ONE, Behaviour.UP);
        world.run(20_000);
        world.is(ONE, Behaviour.REFUSES);
        for (int i = 0; i < 60 && world.isShownHealthy(ONE); i++) {
            world.run(20);
            world.standStill(400, i % 2 == 0);
        }
        assertThat(world.isShownHealthy(ONE)).isFalse();
    }

    @Test
    void aFailureOfThisMachine_isNotTheTargets() {
        world.add(ONE, Behaviour.UP);
        world.run(20_000);
        world.is(ONE, Behaviour.NO_FILES_HERE);
        world.run(120_000);
        assertThat(world.asked).isEmpty();
        assertThat(world.counts().voided()).isGreaterThan(15);
    }

    private static InstanceKey named(int number) {
        return new InstanceKey("orders-" + number + ".example", 80, "DEFAULT");
    }

    @Test
    void aNameServerThatDoesNotAnswer_takesNobodyDown() {
        world.add(named(1), Behaviour.NAME_HANGS);
        world.add(named(2), Behaviour.NAMELESS);
        world.run(600_000);
        assertThat(world.asked).isEmpty();
        assertThat(world.counts()).matches(counts -> counts.failed() == 0 && counts.voided() > 10);
        world.is(named(1), Behaviour.HANGS);
        world.run(72_000 + FOUND_MILLIS_MAX);
        assertThat(world.asked).containsExactly("down " + named(1));
    }

    @Test
    void theTimeOfANameServer_isNotTheTargets() {
        world.nameMillis = 1_500;
        world.add(named(1), Behaviour.UP);
        world.run(60_000);
        assertThat(world.counts()).matches(counts -> counts.failed() == 0 && counts.voided() == 0);
        assertThat(world.counts().passed()).isGreaterThan(5);
    }

    @Test
    void namesThatDoNotResolve_slowNoOtherDown() {
        world.addAll(0, 1_000, Behaviour.UP);
        for (int i = 0; i < 50; i++) {
            world.add(named(i), Behaviour.NAMELESS);
        }
        world.run(300_000);
        assertThat(world.asked).isEmpty();
        assertThat(world.counts().perSecond()).isEqualTo(2_000);
        assertThat(world.starts.get(named(1)).size()).as("less and less often").isLessThan(15);
    }

    @Test
    void aFewVoidOnes_amongThousandsThatPass_areNoStarvation() {
        world.addAll(0, 2_000, Behaviour.UP);
        world.addAll(2_000, 2_030, Behaviour.NO_FILES_HERE);
        world.run(60_000);
        assertThat(world.asked).isEmpty();
        assertThat(world.counts().perSecond()).isEqualTo(2_000);
    }

    @Test
    void whereNoRouteLeads_isUnhealthyOnlyWhileOthersAnswer() {
        world.add(ONE, Behaviour.NO_ROUTE);
        world.add(new InstanceKey("127.0.0.1", 80, "DEFAULT"), Behaviour.UP);
        world.run(120_000);
        assertThat(world.asked).isEmpty();
        world.add(target(2), Behaviour.UP);
        world.run(2 * FOUND_MILLIS_MAX);
        assertThat(world.asked).containsExactly("down " + ONE);
    }

    @Test
    void timesOfAnswers_areOfTargetsWithResults_byCluster() {
        assertThat(world.core.answerTimes(CheckWorld.GROUP)).isEmpty();
        world.answerMillis = 3;
        world.addAll(0, 10, Behaviour.UP);
        assertThat(world.core.answerTimes(CheckWorld.GROUP)).as("no result yet").isEmpty();
        world.run(10_000);
        AnswerTimes answered = world.core.answerTimes(CheckWorld.GROUP).get("DEFAULT");
        assertThat(answered.targets()).isEqualTo(10);
        // Answers are met at the next tick.
        assertThat(answered.bestMillis()).isBetween(3L, 3L + CheckCore.TICK_MILLIS);
        assertThat(answered.meanMillis()).isBetween(answered.bestMillis(), answered.worstMillis());

        world.is(target(3), Behaviour.HANGS);
        world.run(30_000);
        AnswerTimes silent = world.core.answerTimes(CheckWorld.GROUP).get("DEFAULT");
        assertThat(silent.worstMillis()).as("its timeout").isBetween(450L, 500L);
        assertThat(silent.bestMillis()).isEqualTo(answered.bestMillis());
        world.core.gone(CheckWorld.GROUP);
        assertThat(world.core.answerTimes(CheckWorld.GROUP)).isEmpty();
    }

    /** Otherwise whom it asked before would not be asked again for four times as long. */
    @Test
    void aNodeThatStoodStill_asksAllAgainSoon() {
        world.answerMillis = 5;
        world.addAll(0, 200, Behaviour.REFUSES);
        for (int i = 0; i < 20; i++) {
            world.run(500);
            world.standStill(60_000, false);
        }
        long resumed = world.nowMillis();
        world.run(7_000);
        assertThat(world.starts.values())
                .allSatisfy(starts -> assertThat(starts.get(starts.size() - 1)).isGreaterThan(resumed));
    }

    @Test
    void whileTheControlCheckFails_noTimeoutCounts() {
        world.add(ONE, Behaviour.UP);
        world.run(20_000);
        world.is(ONE, Behaviour.HANGS);
        for (int i = 0; i < 100; i++) {
            world.control(100, false);
            world.run(110);
        }
        assertThat(world.asked).doesNotContain("down " + ONE);
        world.control(1, true);
        world.run(FOUND_MILLIS_MAX);
        assertThat(world.asked).contains("down " + ONE);
    }

    @Test
    void whileTheControlCheckIsSlow_noTimeoutCounts_evenBeforeItEnds() {
        world.add(ONE, Behaviour.HANGS);
        for (int i = 0; i < 30; i++) {
            world.control(900, true);
            world.run(900);
        }
        assertThat(world.asked).doesNotContain("down " + ONE);
    }

    @Test
    void aQuickControlCheck_takesNothingAway() {
        world.add(ONE, Behaviour.HANGS);
        for (int i = 0; i < 100; i++) {
            world.control(5, true);
            world.run(100);
        }
        assertThat(world.asked).containsExactly("down " + ONE);
    }

    @Test
    void takeover_keepsWhatReadersSee_untilThreeResultsOfItsOwnSayOtherwise() {
        world.add(ONE, Behaviour.UP);
        world.show(ONE, false);
        world.handOver();
        int before = world.starts.getOrDefault(ONE, List.of()).size();
        while (world.starts.getOrDefault(ONE, List.of()).size() < before + 3) {
            assertThat(world.asked).isEmpty();
            world.run(CheckCore.TICK_MILLIS);
        }
        world.run(100);
        assertThat(world.asked).containsExactly("clear " + ONE);
    }

    @Test
    void takeover_forgetsResultsOfBefore() {
        world.add(ONE, Behaviour.UP);
        world.run(20_000);
        world.is(ONE, Behaviour.REFUSES);
        for (int i = 0; i < 20; i++) {
            int before = world.starts.get(ONE).size();
            while (world.starts.get(ONE).size() < before + 2) {
                world.run(CheckCore.TICK_MILLIS);
            }
            world.handOver();
        }
        assertThat(world.asked).isEmpty();
    }

    @Test
    void aResultOfATargetThatIsNoLongerChecked_isPassedOver() {
        world.answerMillis = 400;
        world.add(ONE, Behaviour.REFUSES);
        while (world.counts().inFlight() == 0) {
            world.run(CheckCore.TICK_MILLIS);
        }
        world.remove(ONE);
        assertThat(world.counts().inFlight()).isZero();
        world.run(10_000);
        assertThat(world.counts()).matches(counts -> counts.failed() == 0 && counts.targets() == 0);
    }

    @Test
    void anotherPlace_beginsAnew() {
        world.add(ONE, Behaviour.REFUSES);
        world.run(3_000);
        Plan elsewhere = new Plan(HealthChecker.TCP, target(2).ip(), 80);
        world.is(target(2), Behaviour.UP);
        world.asked.clear();
        Sight sight = new Sight(1, 0, List.of(new Seen(ONE, elsewhere, true, true, 0, 0)));
        world.core.seen(CheckWorld.GROUP, sight, world.nanos());
        world.run(20_000);
        assertThat(world.starts.get(target(2))).isNotEmpty();
        assertThat(world.counts().targets()).isEqualTo(1);
        assertThat(world.asked).isEmpty();
    }

    @Test
    void fiveFlapsASecond_settleOnASide() {
        world.add(ONE, Behaviour.UP);
        for (int i = 0; i < 600; i++) {
            world.is(ONE, i % 2 == 0 ? Behaviour.REFUSES : Behaviour.UP);
            world.run(100);
        }
        // A minute of flapping at five a second: each change of mind took three results against two at least.
        assertThat(world.asked).hasSizeLessThan(25);
        assertThat(world.counts().passed() + world.counts().failed()).isGreaterThanOrEqualTo(3L * world.asked.size());
    }

    @Test
    void aMassFailure_doesNotHideTheNextOne() {
        world.addAll(0, 10_000, Behaviour.UP);
        world.run(20_000);
        for (int i = 0; i < 5_000; i++) {
            world.is(target(i), Behaviour.HANGS);
        }
        world.run(5_000);
        InstanceKey last = target(9_999);
        world.is(last, Behaviour.REFUSES);
        world.run(40_000);
        assertThat(world.asked).contains("down " + last);
        assertThat(world.inFlightMost).isLessThanOrEqualTo(CheckCore.IN_FLIGHT_MAX);
        assertThat(world.shownHealthyCount()).isEqualTo(4_999);
    }

    @Test
    void moreThanTheBudget_isLaterAndNeverSkipped() {
        CheckSettings slow = new CheckSettings(
                3, CheckWorld.SETTINGS.tcp(), CheckWorld.SETTINGS.http(), CheckWorld.SETTINGS.mysql(), 100, 0);
        CheckWorld busy = new CheckWorld(3, slow);
        busy.addAll(0, 5_000, Behaviour.UP);
        // A tenth of what the pace asks for: a round takes 50 s.
        busy.run(160_000);
        assertThat(busy.starts).hasSize(5_000);
        busy.starts.values().forEach(starts -> assertThat(starts).hasSizeBetween(2, 4));
        assertThat(busy.counts().lateNanos()).isPositive();
    }

    @Test
    void oneMachine_isNotAskedByAllAtOnce() {
        for (int port = 1; port <= 200; port++) {
            world.add(new InstanceKey("10.1.1.1", port, "DEFAULT"), Behaviour.HANGS);
        }
        world.run(30_000);
        assertThat(world.inFlightMost).isEqualTo(CheckCore.HOST_IN_FLIGHT_MAX);
        assertThat(world.starts).hasSize(200);
        assertThat(world.asked).hasSize(200);
    }

    @Test
    void whoWaitsForAMachine_isNotForgotten_whenThoseAheadAreDropped() {
        List<InstanceKey> others = IntStream.range(1, 41)
                .mapToObj(port -> new InstanceKey("10.1.1.1", port, "DEFAULT"))
                .toList();
        others.forEach(other -> world.is(other, Behaviour.UP));
        for (int port = 1_000; port < 1_400; port++) {
            world.add(new InstanceKey("10.1.1.1", port, "DEFAULT"), Behaviour.HANGS);
        }
        List<Seen> seen = others.stream()
                .map(other -> new Seen(other, new Plan(HealthChecker.TCP, other.ip(), other.port()), true, true, 0, 0))
                .toList();
        world.core.seen("public##g@@other", new Sight(seen.size(), 0, seen), world.nanos());
        for (int i = 0; i < 20; i++) {
            world.run(7_000);
            world.core.gone(CheckWorld.GROUP);
            world.see();
        }
        world.core.gone(CheckWorld.GROUP);
        world.starts.clear();
        world.run(15_000);
        assertThat(world.starts).containsOnlyKeys(others);
    }

    @Test
    void slowAnswers_slowThePace() {
        world.answerMillis = 450;
        world.add(ONE, Behaviour.REFUSES);
        world.run(60_000);
        List<Long> starts = world.starts.get(ONE);
        assertThat(starts.get(1) - starts.get(0)).isGreaterThanOrEqualTo(1_800);
    }

    @Test
    void starvation_halvesTheRate_andItComesBack() {
        world.addAll(0, 2_000, Behaviour.NO_FILES_HERE);
        world.run(60_000);
        assertThat(world.counts().perSecond()).isEqualTo(50);
        assertThat(world.asked).containsOnly("starved").hasSizeLessThanOrEqualTo(2);
        world.addAll(0, 2_000, Behaviour.UP);
        world.run(60_000);
        assertThat(world.counts().perSecond()).isEqualTo(2_000);
    }

    @Test
    void beyondTheBoundOnTargets_theRestIsNotChecked_andTold() {
        long now = world.nanos();
        for (int i = 0; i < 4; i++) {
            world.core.seen("public##g@@s" + i, many(i * 50_000, 50_000), now);
        }
        world.core.seen("public##g@@last", many(200_000, 3), now);
        assertThat(world.core.counts(now)).matches(counts -> counts.targets() == 200_000 && counts.unchecked() == 3);
        assertThat(world.core.drain()).containsExactly(new CheckEffect.TooManyTargets(3));
        world.core.gone("public##g@@s0");
        world.core.seen("public##g@@last", many(200_000, 3), now);
        assertThat(world.core.counts(now)).matches(counts -> counts.targets() == 150_003 && counts.unchecked() == 0);
    }

    private static Sight many(int from, int count) {
        return new Sight(
                count,
                0,
                IntStream.range(from, from + count)
                        .mapToObj(i -> new Seen(
                                target(i), new Plan(HealthChecker.TCP, target(i).ip(), 80), true, true, 0, 0))
                        .toList());
    }
}
