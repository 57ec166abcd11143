package io.muster.distro.core;

import static io.muster.distro.core.CoreFixture.LEASE;
import static io.muster.distro.core.CoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent.Marked;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Datum;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Removal;
import io.muster.consistency.Renewal;
import io.muster.consistency.Version;
import io.muster.distro.core.Notice.RemovalsHeld;
import io.muster.distro.core.Notice.RemovalsResumed;
import io.muster.distro.core.Notice.StoodStill;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heartbeats and what happens without them: R44, R45, X14. */
class SessionTest {

    /** R45: each mark within 1.5 s of its time. */
    private static final long LATE_MILLIS_MAX = 1_500;

    private final CoreFixture node = new CoreFixture().loaded();

    @AfterEach
    void coherent() {
        node.assertCoherent();
    }

    /** R45, with the defaults and with per-instance overrides. */
    @ParameterizedTest
    @CsvSource({"15000, 30000", "1000, 2000", "3000, 9000", "250, 100000", "60000, 61000", "1800000, 3600000"})
    void silence_firstUnhealthy_thenRemoved_eachOnTime(long unhealthyAfter, long removeAfter) {
        node.register("a", "v", new Lease(unhealthyAfter, removeAfter));
        long unhealthyAt = node.millisUntilNot("a", Optional.of(Mark.HEALTHY));
        assertThat(unhealthyAt).isBetween(unhealthyAfter, unhealthyAfter + LATE_MILLIS_MAX);
        assertThat(node.markOf("a")).contains(Mark.UNHEALTHY);
        long removedAt = unhealthyAt + node.millisUntilNot("a", Optional.of(Mark.UNHEALTHY));
        assertThat(removedAt).isBetween(removeAfter, removeAfter + LATE_MILLIS_MAX);
        assertThat(node.markOf("a")).isEmpty();
    }

    @Test
    void silence_removeBeforeUnhealthy_goesWithoutHavingBeenUnhealthy() {
        node.register("a", "v", new Lease(15_000, 3_000));
        assertThat(node.millisUntilNot("a", Optional.of(Mark.HEALTHY))).isBetween(3_000L, 3_000 + LATE_MILLIS_MAX);
        assertThat(node.markOf("a")).isEmpty();
        assertThat(node.events).noneMatch(Marked.class::isInstance);
    }

    @Test
    void silence_isToldOnce_eachStep() {
        Datum<String> datum = node.register("a");
        node.pass(120_000);
        assertThat(node.events)
                .containsExactly(
                        new Stored<>(datum),
                        new Marked<>(datum.withMark(Mark.UNHEALTHY)),
                        new Removed<>(
                                datum.withMark(Mark.UNHEALTHY),
                                datum.version(),
                                Removal.EXPIRED,
                                node.self.toString()));
    }

    @Test
    void beats_keepItHealthy_withoutAnyStepOfTheCore() {
        node.register("a");
        for (int i = 0; i < 100; i++) {
            assertThat(node.beat("a")).isEqualTo(Renewal.RENEWED);
            node.pass(14_000);
        }
        assertThat(node.events).hasSize(1);
    }

    @Test
    void theTimesCountFromTheLastBeat() {
        node.register("a");
        node.pass(12_000);
        node.beat("a");
        assertThat(node.millisUntilNot("a", Optional.of(Mark.HEALTHY))).isBetween(15_000L, 15_000 + LATE_MILLIS_MAX);
    }

    @Test
    void aShorterLease_takenUpByAnUpdate_holdsAtOnce() {
        node.register("a", "v", new Lease(60_000, 120_000));
        node.pass(1_000);
        node.register("a", "v", new Lease(2_000, 4_000));
        assertThat(node.millisUntilNot("a", Optional.of(Mark.HEALTHY))).isBetween(2_000L, 2_000 + LATE_MILLIS_MAX);
    }

    /** Same value, fresh version: so that the renewal beats the mark wherever the two meet. */
    @Test
    void aBeatOfAnUnhealthyInstance_makesItHealthyAtOnce_underAFreshVersion() {
        Datum<String> datum = node.register("a");
        node.pass(16_000);
        assertThat(node.beat("a")).isEqualTo(Renewal.RENEWED);
        Datum<String> revived = node.get("a").orElseThrow();
        assertThat(revived.mark()).isEqualTo(Mark.HEALTHY);
        assertThat(revived.value()).isSameAs(datum.value());
        assertThat(revived.version()).isGreaterThan(datum.version());
        assertThat(node.events).last().isEqualTo(new Marked<>(revived));
        assertThat(node.millisUntilNot("a", Optional.of(Mark.HEALTHY))).isBetween(15_000L, 15_000 + LATE_MILLIS_MAX);
    }

    @Test
    void aLateBeatOfAnExpiredInstance_revivesIt_forOneMoreTimeout() {
        Datum<String> datum = node.register("a");
        node.pass(58_000);
        assertThat(node.get("a")).isEmpty();
        assertThat(node.beat("a")).isEqualTo(Renewal.RENEWED);
        Datum<String> revived = node.get("a").orElseThrow();
        assertThat(revived.value()).isSameAs(datum.value());
        assertThat(node.events).last().isEqualTo(new Stored<>(revived));
    }

    @Test
    void aBeatAfterThat_isOfAnUnknownInstance() {
        node.register("a");
        node.pass(62_000);
        assertThat(node.beat("a")).isEqualTo(Renewal.UNKNOWN);
        assertThat(node.core.counts().expired()).isZero();
        assertThat(node.core.counts().tombstones()).isEqualTo(1);
    }

    @Test
    void aBeatOfWhatWasNeverRegistered_isUnknown() {
        assertThat(node.beat("a")).isEqualTo(Renewal.UNKNOWN);
    }

    /** R44: beats that were in flight when the client deregistered. */
    @Test
    void justRemoved_beatsAreAnsweredAsKnown_forTwoBeatIntervals_andRegisterNothing() {
        node.register("a");
        node.deregister("a");
        assertThat(node.beat("a")).isEqualTo(Renewal.JUST_REMOVED);
        node.pass(9_900);
        assertThat(node.beat("a")).isEqualTo(Renewal.JUST_REMOVED);
        assertThat(node.get("a")).isEmpty();
        node.pass(200);
        assertThat(node.beat("a")).isEqualTo(Renewal.UNKNOWN);
    }

    /** R44 speaks of beat intervals, and a client may ask for longer ones: three of them are its time to UNHEALTHY. */
    @Test
    void justRemoved_ofALongLease_lastsTwoOfItsBeatIntervals() {
        node.register("a", "v", new Lease(60_000, 120_000));
        node.deregister("a");
        node.pass(39_900);
        assertThat(node.beat("a")).isEqualTo(Renewal.JUST_REMOVED);
        node.pass(200);
        assertThat(node.beat("a")).isEqualTo(Renewal.UNKNOWN);
    }

    /** A client that deregisters twice is forgotten no sooner, neither its beats in flight nor older copies elsewhere (NoResurrection). */
    @Test
    void removedTwice_isRememberedForNoShorterTime() {
        Datum<String> datum = node.register("a", "v", new Lease(60_000, 600_000));
        node.deregister("a");
        node.pass(1_000);
        node.deregister("a");
        node.pass(38_000);
        assertThat(node.beat("a")).isEqualTo(Renewal.JUST_REMOVED);
        node.pass(1_200_000);
        node.merge(List.of(new DistroRecord.Held<>(datum, LEASE)));
        assertThat(node.get("a")).isEmpty();
    }

    /** R44: "a POST always registers" (design §5). */
    @Test
    void justRemoved_aPutRegistersAllTheSame() {
        Version first = node.register("a").version();
        node.deregister("a");
        assertThat(node.register("a").version()).isGreaterThan(first);
        assertThat(node.beat("a")).isEqualTo(Renewal.RENEWED);
        assertThat(node.core.counts().tombstones()).isZero();
    }

    @Test
    void aTombstone_goesWhenItsTimeIsOver_andItsGroupWithIt() {
        node.register("a");
        node.deregister("a");
        node.pass(599_000);
        assertThat(node.core.counts().tombstones()).isEqualTo(1);
        node.pass(2_000);
        assertThat(node.core.counts().tombstones()).isZero();
        assertThat(node.core.records().find(key("a"))).isNull();
    }

    @Test
    void aTombstone_ofALongLease_livesTwiceAsLongAndMore() {
        node.register("a", "v", new Lease(1_000_000, 3_600_000));
        node.deregister("a");
        node.pass(7_200_000);
        assertThat(node.core.counts().tombstones()).isEqualTo(1);
        node.pass(61_000);
        assertThat(node.core.counts().tombstones()).isZero();
    }

    /** X14: SIGSTOP for a minute; whoever beats again is not removed, and not even unhealthy. */
    @Test
    void theServerStandsStill_forAMinute_nobodyWhoBeatsAgainIsTouched() {
        List<String> instances = registerMany(200);
        node.pass(4_900);
        node.standStill(60_000);
        node.pass(4_900);
        instances.forEach(instance -> assertThat(node.beat(instance)).isEqualTo(Renewal.RENEWED));
        node.pass(10_000);
        assertThat(node.events).hasSize(200).allMatch(Stored.class::isInstance);
        assertThat(node.notices).contains(new StoodStill(60_100));
    }

    @Test
    void theServerStandsStill_theDeadGoLaterByThatTimeOnly() {
        node.register("a");
        node.pass(10_000);
        node.standStill(60_000);
        long gone = node.millisUntilNot("a", Optional.of(Mark.HEALTHY));
        assertThat(gone).isBetween(5_000L, 5_200 + LATE_MILLIS_MAX);
    }

    /** A thread of HTTP that wakes before the core's first step knows nothing of the pause yet. */
    @Test
    void theServerStandsStill_aBeatTakenInBeforeTheFirstStep_countsFromThenOn() {
        node.register("a");
        node.pass(5_000);
        node.standStill(60_000);
        node.beat("a");
        long gone = node.millisUntilNot("a", Optional.of(Mark.HEALTHY));
        assertThat(gone).isBetween(15_000L, 15_000 + LATE_MILLIS_MAX);
    }

    /** Found by the simulation: the pause itself must not end the two beat intervals of R44. */
    @Test
    void theServerStandsStill_aBeatInFlight_takenInBeforeTheFirstStep_registersNothing() {
        node.register("a");
        node.deregister("a");
        node.pass(1_000);
        node.standStill(60_000);
        assertThat(node.beat("a")).isEqualTo(Renewal.JUST_REMOVED);
    }

    @Test
    void manyShortPauses_belowTheLimit_areNotStandingStill() {
        node.register("a");
        for (int i = 0; i < 16; i++) {
            node.standStill(899).pass(100);
        }
        assertThat(node.markOf("a")).contains(Mark.UNHEALTHY);
    }

    /** X14 and the guard: a pause during which clients gave up, so that they are late to come back. */
    @Test
    void guard_afterAPause_aMassOfRemovalsWaits_andThoseWhoComeBackAreSpared() {
        List<String> instances = registerMany(100);
        settle(instances);
        node.standStill(45_000);
        node.pass(40_000);
        assertThat(node.all()).as("removal waits").hasSize(100).allMatch(datum -> datum.mark() == Mark.UNHEALTHY);
        assertThat(node.notices).anyMatch(RemovalsHeld.class::isInstance);
        instances.subList(0, 80).forEach(node::beat);
        node.pass(2_000);
        assertThat(node.notices).contains(new RemovalsResumed());
        assertThat(node.all()).as("the few that are left go").hasSize(80);
    }

    @Test
    void guard_afterAPause_aRealMassDeathIsRemovedWithinTheBound() {
        List<String> instances = registerMany(100);
        settle(instances);
        node.standStill(5_000);
        node.pass(5_000);
        assertThat(node.all()).hasSize(100);
        node.pass(30_000 + 60_000 + LATE_MILLIS_MAX);
        assertThat(node.all()).isEmpty();
    }

    /** A lone node has nobody to ask: the guard passes at once. */
    @Test
    void guard_withoutDoubt_aMassDeathIsRemovedOnTime() {
        List<String> instances = registerMany(100);
        settle(instances);
        node.pass(30_000 + LATE_MILLIS_MAX);
        assertThat(node.all()).isEmpty();
    }

    @Test
    void guard_aNodeThatHasJustStarted_waits_butNotForAFew() {
        List<String> many = registerMany(100);
        node.pass(32_000);
        assertThat(node.all()).hasSize(100);
        many.subList(10, 100).forEach(node::beat);
        node.pass(2_000);
        assertThat(node.all()).hasSize(90);
    }

    @Test
    void unhealthy_isNeverDelayedByTheGuard() {
        registerMany(100);
        node.pass(15_000 + LATE_MILLIS_MAX);
        assertThat(node.all()).allMatch(datum -> datum.mark() == Mark.UNHEALTHY);
    }

    /** R41: only the responsible member decides over a session (planted bug N07 the other way round). */
    @Test
    void aMemberThatIsNotResponsible_marksNothing_andGrantsATimeoutWhenItTakesOver() {
        CoreFixture member = new CoreFixture().loaded();
        member.feed(new Input.View<>(member.with(CoreFixture.PEER)));
        String mine = groupOf(member, member.self);
        String theirs = groupOf(member, CoreFixture.PEER);
        member.write(Change.put(io.muster.consistency.Key.ephemeral(mine, "a"), "v", LEASE));
        member.merge(List.of(held(theirs, "a")));
        assertThat(member.core.counts().responsibleGroups()).isEqualTo(1);
        member.pass(35_000);
        assertThat(member.core.records().group(mine)).isEmpty();
        assertThat(member.core.records().group(theirs)).hasSize(1);
        member.feed(new Input.View<>(member.alone()));
        assertThat(member.core.counts().responsibleGroups()).isEqualTo(1);
        member.pass(14_000);
        assertThat(member.core.records().group(theirs)).extracting(Datum::mark).containsExactly(Mark.HEALTHY);
        member.pass(17_500);
        assertThat(member.core.records().group(theirs)).isEmpty();
        member.assertCoherent();
    }

    /** Design §5: a group that comes back within a timeout goes on from where it stopped, so flapping restarts no clock; and revives nothing. */
    @Test
    void aGroupThatGoesAndComesBack_restartsNoClock() {
        CoreFixture member = new CoreFixture().loaded();
        String group = groupOf(member, CoreFixture.PEER);
        member.write(Change.put(io.muster.consistency.Key.ephemeral(group, "a"), "v", LEASE));
        member.pass(20_000);
        for (int i = 0; i < 3; i++) {
            member.feed(new Input.View<>(member.with(CoreFixture.PEER)));
            member.pass(1_000);
            member.feed(new Input.View<>(member.alone()));
            member.pass(1_000);
        }
        member.pass(6_500);
        assertThat(member.core.records().group(group))
                .as("30 s of its own, less what another member was responsible for")
                .extracting(Datum::mark)
                .containsExactly(Mark.UNHEALTHY);
        assertThat(member.core.counts().totals().revived()).isZero();
        member.pass(1_500);
        assertThat(member.core.records().group(group)).isEmpty();
        member.assertCoherent();
    }

    private static DistroRecord<String> held(String group, String instance) {
        Origin origin = new Origin(CoreFixture.PEER.high(), CoreFixture.PEER.low(), 1);
        Version version = new Version.Hybrid(CoreFixture.WALL << HybridClock.COUNTER_BITS, origin);
        return new DistroRecord.Held<>(
                new Datum<>(io.muster.consistency.Key.ephemeral(group, instance), version, Mark.HEALTHY, "v"), LEASE);
    }

    @Test
    void aMillionDeadlinesAtOnce_areWorkedOffInBoundedSteps() {
        for (int i = 0; i < 50_000; i++) {
            node.register("i" + i);
        }
        node.pass(14_900);
        int steps = 0;
        long marked = 0;
        while (marked < 50_000) {
            node.standStill(10);
            Effects<String> effects = node.feed(new Input.Tick<>());
            assertThat(effects.events().size()).isLessThanOrEqualTo(DistroCore.TICK_WORK_MAX);
            marked += effects.events().size();
            assertThat(++steps).isLessThan(1_000);
        }
    }

    private String groupOf(CoreFixture member, io.muster.member.NodeId wanted) {
        Responsibility ring = Responsibility.of(member.with(CoreFixture.PEER), member.self, true);
        for (int i = 0; ; i++) {
            if (ring.memberFor("g" + i).equals(Optional.of(wanted))) {
                return "g" + i;
            }
        }
    }

    private List<String> registerMany(int count) {
        List<String> instances = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            instances.add("10.0.0." + i + "#8080");
            node.register(instances.get(i));
        }
        return instances;
    }

    /** Long enough after the start that nothing is in doubt, with everybody beating. */
    private void settle(List<String> instances) {
        for (int i = 0; i < 13; i++) {
            node.pass(5_000);
            instances.forEach(node::beat);
        }
    }
}
