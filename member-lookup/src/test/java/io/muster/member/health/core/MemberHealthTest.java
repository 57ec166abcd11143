package io.muster.member.health.core;

import static io.muster.member.health.core.Neighbourhood.SELF;
import static io.muster.member.health.core.Neighbourhood.SELF_ID;
import static io.muster.member.health.core.Neighbourhood.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import io.muster.member.health.core.Notice.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules of design §6, one by one (R51). */
class MemberHealthTest {

    private final Neighbourhood hood = new Neighbourhood();

    // Coming up.

    @Test
    void atFirst_thisNodeIsAlone() {
        MemberView view = hood.core.view();

        assertThat(view.members()).containsExactly(view.self());
        assertThat(view.self().nodeId()).contains(SELF_ID);
        assertThat(view.self().loaded()).isFalse();
    }

    @Test
    void listedAddresses_areDialled_theOwnNameToo() {
        hood.list(List.of(SELF, address("b"), address("c")));

        assertThat(hood.dialled).containsExactly(address("b"), address("c"), SELF);
    }

    @Test
    void addressNeverHeardOf_isStarting_thenDownAfterFiveIntervals() {
        hood.list(List.of(SELF, address("b")));
        hood.fails(address("b"));
        assertThat(vacant().state()).isEqualTo(MemberState.STARTING);

        hood.pass(Duration.ofMillis(4_900));
        assertThat(vacant().state()).isEqualTo(MemberState.STARTING);
        hood.pass(Duration.ofMillis(200));

        assertThat(vacant().state()).isEqualTo(MemberState.DOWN);
        assertThat(vacant().reason()).isEqualTo("connection refused");
    }

    /** Where a node would have to go that is to leave its own cluster for that of the members that it lists. */
    @Test
    void addressOfAnotherCluster_showsWhichOne_untilItsNodeIsOneOfOurs() {
        ClusterId other = new ClusterId(1, 2);
        hood.list(List.of(SELF, address("b")));
        hood.fails(address("b"), other);
        hood.pass(Duration.ofSeconds(2));
        assertThat(vacant().otherCluster()).contains(other);

        hood.opens(address("b"), hood.neighbour("b"));
        hood.pass(Duration.ofSeconds(2));
        assertThat(hood.member("b").otherCluster()).isEmpty();

        hood.closes(address("b"), hood.neighbour("b"));
        hood.fails(address("b"), other);
        hood.pass(Duration.ofSeconds(10));
        assertThat(hood.member("b").otherCluster()).contains(other);
    }

    @Test
    void nodeFound_isUpAtItsFirstAnswer_asItSaysOfItself() {
        hood.with("b");

        Member b = hood.member("b");
        assertThat(b.state()).isEqualTo(MemberState.UP);
        assertThat(b.loaded()).isTrue();
        assertThat(b.listsUs()).isTrue();
        assertThat(b.runId()).isEqualTo(1);
    }

    @Test
    void nodeFoundThatNeverAnswers_isDown_whenNobodyReachesIt() {
        hood.neighbour("b").answers = false;
        hood.with("b", "c");
        assertThat(hood.state("b")).isEqualTo(MemberState.STARTING);

        hood.passIntervals(7);

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
    }

    @Test
    void nodeFoundThatNeverAnswers_isSuspicious_whenOthersReachIt() {
        hood.neighbour("b").answers = false;
        hood.neighbour("c").reaches.add("b");
        hood.with("b", "c");

        hood.passIntervals(7);

        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
        assertThat(hood.member("b").loaded()).as("as heard by c").isTrue();
        assertThat(hood.member("b").listsUs())
                .as("its list is ours, as heard by c")
                .isTrue();
    }

    /** A link cut from the start is no reason to leave the ring. */
    @Test
    void addressThatOnlyOthersReach_isTakenFromThem_asSuspicious() {
        hood.neighbour("b").answers = false;
        hood.list(List.of(SELF, address("b"), address("c")));
        hood.fails(address("b"));
        hood.opens(address("c"), hood.neighbour("c"));
        hood.neighbour("c").reaches.add("b");
        hood.passIntervals(3);

        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
        assertThat(hood.member("b").reason()).isEqualTo("does not answer here; reached by c:8848");
        assertThat(hood.member("b").loaded()).isTrue();
        assertThat(hood.member("b").listsUs()).isTrue();
        assertThat(hood.view().wish().resolved()).isTrue();
        hood.passIntervals(20);
        assertThat(hood.views)
                .noneMatch(view -> view.members().stream().anyMatch(member -> member.state() == MemberState.DOWN));

        hood.neighbour("c").reaches.clear();
        hood.passIntervals(6);
        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
    }

    @Test
    void wordOfOthers_givesWay_toWhoeverAnswersThere() {
        addressThatOnlyOthersReach_isTakenFromThem_asSuspicious();
        hood.opens(address("b"), hood.neighbour("d"));

        assertThat(hood.view().member(hood.neighbour("b").id)).isEmpty();
        assertThat(hood.member("d").address()).isEqualTo(address("b"));
    }

    @Test
    void addressOfADownMember_atWhichOthersReachAnother_isThatOnes() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.closes(address("b"), hood.neighbour("b"));
        hood.fails(address("b"));
        hood.neighbour("blank").address = address("b");
        hood.neighbour("blank").answers = false;
        hood.neighbour("c").reaches.add("blank");
        hood.passIntervals(4);
        assertThat(hood.state("b"))
                .as("while b may be alive, the address is its own")
                .isEqualTo(MemberState.SUSPICIOUS);
        hood.passIntervals(4);

        assertThat(hood.view().member(hood.neighbour("b").id)).isEmpty();
        assertThat(hood.state("blank")).isEqualTo(MemberState.SUSPICIOUS);
    }

    @Test
    void connectedPeers_areNamedToThoseWhoAskAboutTheirAddresses() {
        hood.with("b", "c");
        hood.sent.clear();
        hood.neighbour("c")
                .tells(new HealthMessage.AskReach(1, 1, List.of(), List.of(address("b"), address("nobody"))));

        assertThat(hood.sent)
                .singleElement()
                .satisfies(send -> assertThat(send.message())
                        .isInstanceOfSatisfying(
                                HealthMessage.ReachAnswer.class,
                                answer -> assertThat(answer.found())
                                        .singleElement()
                                        .satisfies(found -> {
                                            assertThat(found.address()).isEqualTo(address("b"));
                                            assertThat(found.reached().nodeId()).isEqualTo(hood.neighbour("b").id);
                                        })));
    }

    // Suspicion.

    @Test
    void oneMiss_isNothing() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.passIntervals(2);
        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
        hood.neighbour("b").answers = true;
        hood.passIntervals(5);

        assertThat(hood.views)
                .noneMatch(
                        view -> view.members().stream().anyMatch(member -> member.state() == MemberState.SUSPICIOUS));
    }

    @Test
    void lostFrame_isSentAgainBeforeItIsAMiss() {
        hood.with("b");
        hood.passIntervals(1);
        hood.neighbour("b").answers = false;
        hood.pass(Duration.ofMillis(300));
        hood.neighbour("b").answers = true;
        hood.passIntervals(2);

        assertThat(hood.core.status().counters().probesLost()).isZero();
    }

    @Test
    void twoMisses_areSuspicious_andStillLoaded() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.pass(Duration.ofMillis(3_100));

        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
        assertThat(hood.member("b").loaded()).as("still in the ring").isTrue();
    }

    @Test
    void fiveMisses_andNobodyAskedReachesIt_isDown() {
        hood.with("b", "c", "d");
        hood.neighbour("b").answers = false;
        hood.passIntervals(5);
        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
        hood.pass(Duration.ofMillis(1_100));

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        assertThat(hood.member("b").reason()).isEqualTo("does not answer, and nobody who was asked reaches it");
        assertThat(hood.kindsOfNotices()).contains(Kind.MEMBER_SUSPICIOUS, Kind.MEMBER_DOWN);
    }

    @Test
    void fiveMisses_butOthersReachIt_staysSuspicious_andNamesThem() {
        reachedByOthers_staysInTheRing(new HealthRules());
    }

    static void reachedByOthers_staysInTheRing(HealthRules rules) {
        Neighbourhood hood = new Neighbourhood(rules).with("b", "c", "d");
        hood.neighbour("c").reaches.add("b");
        hood.neighbour("b").answers = false;
        hood.passIntervals(60);

        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
        assertThat(hood.member("b").reason()).isEqualTo("does not answer here; reached by c:8848");
        assertThat(hood.core.status().counters().suspicionsRefuted()).isEqualTo(1);
        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.SUSPICION_REFUTED);
    }

    @Test
    void othersLoseItToo_isDown() {
        hood.with("b", "c");
        hood.neighbour("c").reaches.add("b");
        hood.neighbour("b").answers = false;
        hood.passIntervals(20);
        hood.neighbour("c").reaches.clear();
        hood.passIntervals(5);

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
    }

    @Test
    void askedButSilent_areWaitedForNoLongerThanAnInterval() {
        hood.with("b", "c", "d");
        hood.neighbour("b").answers = false;
        hood.pass(Duration.ofMillis(4_500));
        hood.neighbour("c").answers = false;
        hood.pass(Duration.ofMillis(2_600));

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
    }

    @Test
    void isolatedNode_seesAllOthersDown_sinceNobodyWhomItAsksAnswers() {
        hood.with("b", "c", "d");
        List.of("b", "c", "d").forEach(name -> hood.neighbour(name).answers = false);
        hood.passIntervals(7);

        assertThat(List.of("b", "c", "d")).allSatisfy(name -> {
            assertThat(hood.state(name)).isEqualTo(MemberState.DOWN);
            assertThat(hood.member(name).reason()).contains("nobody who was asked reaches it");
        });
        assertThat(hood.view().self().state()).isEqualTo(MemberState.UP);
    }

    @Test
    void downMemberThatOthersReachAgain_isSuspicious_soThatItIsBackInTheRing() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.passIntervals(10);
        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        hood.neighbour("c").reaches.add("b");
        hood.passIntervals(5);

        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
    }

    @Test
    void oneOfTwo_hasNobodyToAsk() {
        hood.with("b");
        hood.neighbour("b").answers = false;
        hood.passIntervals(7);

        assertThat(hood.member("b").reason()).isEqualTo("does not answer, and nobody else could be asked");
    }

    @Test
    void suspiciousMembers_areAskedToo_soThatABadNetworkLeavesWitnesses() {
        hood.with("b", "c");
        hood.neighbour("c").reaches.add("b");
        hood.neighbour("b").answers = false;
        hood.neighbour("c").answersProbes = false;
        hood.pass(Duration.ofMillis(5_500));
        assertThat(hood.state("c")).isEqualTo(MemberState.SUSPICIOUS);
        hood.pass(Duration.ofSeconds(1));

        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
    }

    // Return.

    @Test
    void threeAnswersInARow_makeItUpAgain() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.passIntervals(10);
        hood.neighbour("b").answers = true;
        hood.pass(Duration.ofMillis(1_900));
        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        hood.pass(Duration.ofMillis(1_500));

        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
    }

    @Test
    void flapping_keepsItSuspicious_ratherThanComeAndGo() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.pass(Duration.ofMillis(3_500));
        long changes = hood.views.size();
        for (int i = 0; i < 50; i++) {
            hood.neighbour("b").answers = true;
            hood.passIntervals(1);
            hood.neighbour("b").answers = false;
            hood.passIntervals(2);
        }

        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
        assertThat((long) hood.views.size()).isEqualTo(changes);
    }

    // Restart and leave.

    @Test
    void newRun_leavesTheRingAtOnce_andIsBackWhenItAnnouncesItself() {
        newRun_leavesTheRing(new HealthRules());
    }

    static void newRun_leavesTheRing(HealthRules rules) {
        Neighbourhood hood = new Neighbourhood(rules).with("b", "c");
        hood.neighbour("b").restarts();
        hood.opens(address("b"), hood.neighbour("b"));

        assertThat(hood.views)
                .as("a view in between has it STARTING")
                .anySatisfy(view -> assertThat(view.member(hood.neighbour("b").id))
                        .hasValueSatisfying(member -> {
                            assertThat(member.runId()).isEqualTo(2);
                            assertThat(member.state()).isEqualTo(MemberState.STARTING);
                            assertThat(member.loaded()).isFalse();
                        }));
        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
        assertThat(hood.member("b").loaded()).isFalse();

        hood.neighbour("b").loaded = true;
        hood.neighbour("b").probes();
        assertThat(hood.member("b").loaded()).isTrue();
        assertThat(hood.kindsOfNotices()).contains(Kind.MEMBER_RESTARTED);
    }

    @Test
    void newRunThatLoadedBeforeItWasNoticed_isShownToHaveLeft() {
        hood.with("b");
        hood.neighbour("b").restarts();
        hood.neighbour("b").loaded = true;
        hood.passIntervals(1);

        List<MemberView> last = hood.views.subList(hood.views.size() - 2, hood.views.size());
        assertThat(last.get(0).member(hood.neighbour("b").id))
                .hasValueSatisfying(member -> assertThat(member.loaded()).isFalse());
        assertThat(hood.member("b").loaded()).isTrue();
    }

    @Test
    void newRunThatOnlyOthersReach_isTakenFromThem() {
        hood.with("b", "c");
        hood.neighbour("c").reaches.add("b");
        hood.neighbour("b").answers = false;
        hood.passIntervals(10);
        hood.neighbour("b").restarts();
        hood.passIntervals(2);

        assertThat(hood.member("b").runId()).isEqualTo(2);
        assertThat(hood.member("b").loaded()).isFalse();
        hood.neighbour("b").loaded = true;
        hood.passIntervals(2);
        assertThat(hood.member("b").loaded()).isTrue();
        assertThat(hood.member("b").listsUs()).isTrue();
        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
    }

    @Test
    void newRunThatOnlyOthersReach_withAnotherList_listsUsAsTheOldOneDid() {
        hood.neighbour("b").sharesList = false;
        newRunThatOnlyOthersReach_isTakenFromThem();
    }

    @Test
    void newRunOfOneThatLeft_isTakenFromOthers() {
        hood.with("b", "c");
        hood.neighbour("b").tells(new HealthMessage.Leaving(1));
        hood.neighbour("b").answers = false;
        hood.neighbour("c").reaches.add("b");
        hood.passIntervals(10);
        assertThat(hood.member("b").reason())
                .as("others reaching the run that left says nothing")
                .isEqualTo("left");
        hood.neighbour("b").restarts();
        hood.passIntervals(7);

        assertThat(hood.member("b").runId()).isEqualTo(2);
        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
    }

    @Test
    void newRunOfOneThatWasForeign_isTakenFromOthers() {
        hood.with("b", "c");
        hood.feed(new Input.ClusterKnown(new ClusterId(1, 1)));
        hood.neighbour("b").clusterId = Optional.of(new ClusterId(2, 2));
        hood.passIntervals(5);
        hood.neighbour("b").answers = false;
        hood.neighbour("c").reaches.add("b");
        hood.passIntervals(10);
        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        hood.neighbour("b").restarts();
        hood.passIntervals(7);

        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
    }

    /** After a change of its lookup a process may be a member again. */
    @Test
    void sameRunThatLeft_isBack_whenItAnswersAndDoesNotSayThatItLeaves() {
        hood.with("b", "c");
        hood.neighbour("b").leaving = true;
        hood.neighbour("b").tells(new HealthMessage.Leaving(1));
        hood.passIntervals(5);
        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        hood.neighbour("b").leaving = false;
        hood.passIntervals(4);

        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
        assertThat(hood.member("b").loaded()).isTrue();
    }

    @Test
    void answerToAProbeFromBeforeTheLeave_bringsNobodyBack() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.passIntervals(1);
        HealthMessage.Probe before = hood.sent.stream()
                .filter(send -> send.to().equals(hood.neighbour("b").id))
                .map(Effect.Send::message)
                .filter(HealthMessage.Probe.class::isInstance)
                .map(HealthMessage.Probe.class::cast)
                .reduce((first, last) -> last)
                .orElseThrow();
        hood.neighbour("b").tells(new HealthMessage.Leaving(1));
        hood.neighbour("b")
                .tells(new HealthMessage.ProbeAnswer(
                        before.sequence(),
                        Neighbourhood.SELF_RUN,
                        hood.neighbour("b").says(),
                        true,
                        0));

        assertThat(hood.core.status().counters().answersLate()).isZero();
        hood.neighbour("c").reaches.add("b");
        hood.passIntervals(12);
        assertThat(hood.member("b").reason())
                .as("though others reach it while it ends")
                .isEqualTo("left");
    }

    @Test
    void downMemberThatRestarts_getsItsTimeAnew() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.passIntervals(20);
        hood.neighbour("b").restarts();
        hood.opens(address("b"), hood.neighbour("b"));
        hood.passIntervals(3);

        assertThat(hood.state("b")).isEqualTo(MemberState.STARTING);
    }

    @Test
    void leaving_isOutOfTheRingAtOnce_asLeft() {
        hood.with("b", "c");
        hood.neighbour("c").reaches.add("b");
        hood.neighbour("b").leaving = true;
        hood.neighbour("b").tells(new HealthMessage.Leaving(1));

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        assertThat(hood.member("b").reason()).isEqualTo("left");
        hood.passIntervals(10);
        assertThat(hood.member("b").reason())
                .as("though it answers and others reach it")
                .isEqualTo("left");

        hood.neighbour("b").leaving = false;
        hood.neighbour("b").restarts();
        hood.passIntervals(1);
        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
    }

    @Test
    void leavingOfAnOlderRun_saysNothing() {
        hood.with("b");
        hood.neighbour("b").restarts();
        hood.passIntervals(2);
        hood.neighbour("b").tells(new HealthMessage.Leaving(1));

        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
    }

    @Test
    void thisNodeLeaves_tellsAll_andSaysSoInAnswers() {
        hood.with("b", "c");
        hood.sent.clear();
        hood.feed(new Input.Leave());

        assertThat(hood.sent.stream()
                        .filter(send -> send.message() instanceof HealthMessage.Leaving)
                        .map(Effect.Send::to))
                .containsExactlyInAnyOrder(hood.neighbour("b").id, hood.neighbour("c").id);
        hood.sent.clear();
        hood.neighbour("b").probes();
        assertThat(hood.sent.get(0).message())
                .isInstanceOfSatisfying(
                        HealthMessage.ProbeAnswer.class,
                        answer -> assertThat(answer.says().leaving()).isTrue());
    }

    // What can be believed.

    @Test
    void oldOrDoubledMessages_areHintsOnly() {
        hood.with("b");
        Announcement old = hood.neighbour("b").says();
        hood.neighbour("b").restarts();
        hood.passIntervals(2);
        hood.neighbour("b").tells(new HealthMessage.Probe(1, old, true));
        hood.neighbour("b").tells(new HealthMessage.ProbeAnswer(1, Neighbourhood.SELF_RUN, old, true, 0));

        assertThat(hood.member("b").runId()).isEqualTo(2);
        assertThat(hood.member("b").loaded()).isFalse();
    }

    @Test
    void answersThatNobodyAskedFor_keepNobodyAlive() {
        unaskedAnswers_keepNobodyAlive(new HealthRules());
    }

    static void unaskedAnswers_keepNobodyAlive(HealthRules rules) {
        Neighbourhood hood = new Neighbourhood(rules).with("b", "c");
        hood.neighbour("b").answers = false;
        Announcement old = hood.neighbour("b").says();
        for (int i = 0; i < 10; i++) {
            hood.passIntervals(1);
            hood.neighbour("b").tells(new HealthMessage.ProbeAnswer(1, Neighbourhood.SELF_RUN, old, true, 0));
        }

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        assertThat(hood.core.status().counters().answersLate()).isEqualTo(10);
    }

    @Test
    void newsOfThisNode_areToldAtOnce() {
        hood.with("b");
        hood.sent.clear();
        hood.feed(new Input.LoadedChanged(true));

        assertThat(hood.view().self().loaded()).isTrue();
        assertThat(hood.sent.get(0).message())
                .isInstanceOfSatisfying(
                        HealthMessage.Probe.class,
                        probe -> assertThat(probe.says().loaded()).isTrue());
    }

    @Test
    void newsOfAPeer_areAskedForAtOnce() {
        hood.with("b");
        hood.neighbour("b").listsSelf = false;
        hood.neighbour("b").probes();

        assertThat(hood.member("b").listsUs()).isFalse();
    }

    @Test
    void floodOfNews_isAnsweredByABoundedNumberOfProbes() {
        hood.with("b");
        hood.neighbour("b").answers = false;
        hood.sent.clear();
        for (int i = 0; i < 1_000; i++) {
            hood.feed(new Input.LoadedChanged(i % 2 == 0));
        }

        assertThat(hood.sent).hasSizeLessThanOrEqualTo(ProbePeriod.ATTEMPTS_MAX);
    }

    @Test
    void strangers_areAnswered_butAreNoMembers() {
        hood.with("b");
        hood.sent.clear();
        hood.neighbour("stranger").probes();

        assertThat(hood.sent).hasSize(1);
        assertThat(hood.sent.get(0).message())
                .isInstanceOfSatisfying(
                        HealthMessage.ProbeAnswer.class,
                        answer -> assertThat(answer.listsYou()).isFalse());
        assertThat(hood.view().members()).hasSize(2);
    }

    // Standing still.

    @Test
    void standingStill_isHeldAgainstNobody() {
        standingStill_blamesNobody(new HealthRules());
    }

    static void standingStill_blamesNobody(HealthRules rules) {
        Neighbourhood hood = new Neighbourhood(rules).with("b", "c", "d");
        int viewsBefore = hood.views.size() - 1;
        List<Neighbourhood.Neighbour> all = List.of(hood.neighbour("b"), hood.neighbour("c"), hood.neighbour("d"));
        for (int i = 0; i < 20; i++) {
            // Three stops in short succession: whatever was on its way meanwhile is lost.
            all.forEach(neighbour -> neighbour.answers = false);
            for (int stops = 0; stops < 3; stops++) {
                hood.pass(Duration.ofMillis(100));
                hood.skip(Duration.ofMillis(1_200));
            }
            all.forEach(neighbour -> neighbour.answers = true);
            hood.pass(Duration.ofMillis(1_500));
        }
        hood.skip(Duration.ofMinutes(2));
        hood.pass(Duration.ofMillis(500));

        assertThat(hood.views.stream().skip(viewsBefore))
                .allSatisfy(view ->
                        assertThat(view.members()).extracting(Member::state).containsOnly(MemberState.UP));
    }

    @Test
    void standingStill_isSaid() {
        hood.with("b");
        hood.skip(Duration.ofSeconds(5));

        assertThat(hood.kindsOfNotices()).contains(Kind.STOOD_STILL);
        assertThat(hood.core.status().counters().standStills()).isEqualTo(1);
    }

    @Test
    void whatOthersSaw_doesNotAgeWhileThisNodeStandsStill() {
        hood.with("b", "c");
        hood.neighbour("c").reaches.add("b");
        hood.neighbour("b").answers = false;
        hood.passIntervals(10);
        hood.neighbour("c").answers = false;
        hood.skip(Duration.ofMinutes(1));
        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
        hood.neighbour("c").answers = true;
        hood.passIntervals(10);

        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
    }

    @Test
    void deathDuringAStandStill_isFoundOutAfterIt_inTheUsualTime() {
        hood.with("b", "c");
        hood.skip(Duration.ofSeconds(30));
        hood.neighbour("b").answers = false;
        hood.passIntervals(7);

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
    }

    @Test
    void oneThatStuttersForGood_stillJudges() {
        hood.with("b");
        hood.neighbour("b").answers = false;
        for (int i = 0; i < 100; i++) {
            hood.skip(Duration.ofMillis(600));
        }

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
    }

    @Test
    void lateTick_isOneMissAtMost() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        for (int i = 0; i < 9; i++) {
            hood.skip(Duration.ofMillis(290));
        }

        assertThat(hood.core.status().counters().probesLost()).isLessThanOrEqualTo(2);
        assertThat(hood.core.status().counters().standStills()).isZero();
    }

    // Identity.

    @Test
    void otherRunOfOurOwnNodeId_isAnAlarm_onceAPeriod() {
        PeerIdentity copy = new PeerIdentity(new NodeIdentity(SELF_ID, 999), Optional.empty(), address("copy"), 1);
        hood.list(List.of(SELF, address("copy")));
        hood.feed(new Input.Opened(address("copy"), copy));
        hood.feed(new Input.Accepted(copy));

        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.COPIED_DIRECTORY);
        assertThat(Kind.COPIED_DIRECTORY.severity()).isEqualTo(Notice.Severity.ALARM);
    }

    @Test
    void peerOfAnotherCluster_isOutOfTheRing_andNamed() {
        ClusterId ours = new ClusterId(1, 1);
        ClusterId theirs = new ClusterId(2, 2);
        hood.with("b");
        hood.feed(new Input.ClusterKnown(ours));
        hood.neighbour("b").clusterId = Optional.of(theirs);
        hood.passIntervals(1);

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        assertThat(hood.member("b").reason()).contains(theirs.toString());
        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.OTHER_CLUSTER);

        hood.neighbour("b").clusterId = Optional.of(ours);
        hood.passIntervals(4);
        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
    }

    @Test
    void nodeWhomItsOwnListDoesNotName_isToldSo_whenAllOthersAreFound() {
        hood.list(List.of(address("b")));
        hood.opens(address("b"), hood.neighbour("b"));
        hood.passIntervals(1);

        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.NOT_LISTED);
        assertThat(hood.core.status().listed()).isFalse();
        assertThat(hood.view().members()).hasSize(2);
    }

    @Test
    void nodeThatIsNotInItsOwnList_isAStrangerInItsOwnView() {
        hood.with("b");
        assertThat(hood.view().self().listsUs()).isTrue();
        hood.list(List.of(address("b")));
        hood.passIntervals(1);

        assertThat(hood.view().self().listsUs()).isFalse();
    }

    /** Design §4, "owns no keys": the others must not count on it either, so to them it is not loaded while it is a stranger. */
    @Test
    void stranger_saysThatItIsNotLoaded() {
        hood.with("b");
        hood.feed(new Input.LoadedChanged(true));
        hood.passIntervals(1);
        assertThat(hood.selfSays().loaded()).isTrue();
        hood.list(List.of(address("b")));
        hood.passIntervals(2);
        assertThat(hood.selfSays().loaded()).isFalse();
        hood.list(List.of(SELF, address("b")));
        hood.passIntervals(2);
        assertThat(hood.selfSays().loaded()).isTrue();
    }

    @Test
    void nodeAloneInItsList_isListed() {
        hood.list(List.of(SELF));
        hood.passIntervals(10);

        assertThat(hood.view().self().listsUs()).isTrue();
        assertThat(hood.notices).isEmpty();
    }

    @Test
    void nodeWhomNobodyLists_isToldSo_andIsAStrangerInItsOwnView() {
        hood.with("b", "c");
        hood.neighbour("b").listsSelf = false;
        hood.passIntervals(5);
        assertThat(hood.view().self().listsUs()).as("c lists it").isTrue();
        hood.neighbour("c").listsSelf = false;
        hood.passIntervals(1);
        assertThat(hood.view().self().listsUs())
                .as("they may not have found it yet")
                .isTrue();
        hood.passIntervals(3);
        assertThat(hood.view().self().listsUs()).isFalse();
        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.LISTED_BY_NOBODY);

        hood.neighbour("c").listsSelf = true;
        hood.passIntervals(2);
        assertThat(hood.view().self().listsUs()).isTrue();
    }

    @Test
    void listBeyondTheBound_isCutAndSaid() {
        List<MemberAddress> many =
                IntStream.range(0, 1_500).mapToObj(i -> address("n" + i)).toList();
        hood.list(many);

        assertThat(hood.dialled).hasSize(MemberHealth.MEMBERS_MAX);
        assertThat(hood.kindsOfNotices()).contains(Kind.LIST_TOO_LONG);
    }

    // Measures.

    /** X25. */
    @Test
    void clockSkew_isMeasured_andWarnedOfOnce() {
        hood.with("b", "c");
        hood.neighbour("b").wallAhead = Duration.ofMinutes(1);
        hood.passIntervals(30);

        assertThat(hood.core.status().peer(hood.neighbour("b").id))
                .hasValueSatisfying(peer -> assertThat(peer.clockSkewMillis()).contains(60_000L));
        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.CLOCK_SKEW);
    }

    @Test
    void wishIsShared_byThoseWhoSayTheSame() {
        hood.with("b", "c");
        long digest = hood.sent.stream()
                .map(Effect.Send::message)
                .filter(HealthMessage.Probe.class::isInstance)
                .map(message -> ((HealthMessage.Probe) message).says().wishDigest())
                .reduce(0L, (first, last) -> last);
        assertThat(digest).isNotZero();
        hood.neighbour("b").wishDigest = digest;
        hood.passIntervals(1);

        assertThat(hood.view().wish().sharedBy()).containsExactlyInAnyOrder(SELF_ID, hood.neighbour("b").id);
        assertThat(hood.view().wish().names()).containsExactly("b:8848", "c:8848", "self:8848");
        assertThat(hood.view().wish().resolved()).isTrue();
    }

    @Test
    void wishOfASilentMember_isSharedNoLonger() {
        wishIsShared_byThoseWhoSayTheSame();
        hood.neighbour("b").answers = false;
        hood.passIntervals(3);
        assertThat(hood.view().wish().sharedBy()).contains(hood.neighbour("b").id);
        hood.passIntervals(4);

        assertThat(hood.view().wish().sharedBy()).containsExactly(SELF_ID);
    }

    @Test
    void wishOfTheRunBefore_isSharedNoLonger() {
        wishIsShared_byThoseWhoSayTheSame();
        hood.neighbour("b").restarts();
        hood.neighbour("b").answers = false;
        hood.opens(address("b"), hood.neighbour("b"));
        hood.neighbour("b").answers = true;
        hood.neighbour("b").wishDigest = 0;
        hood.passIntervals(2);

        assertThat(hood.views.stream()
                        .filter(view -> view.member(hood.neighbour("b").id)
                                .filter(member -> member.runId() == 2)
                                .isPresent()))
                .isNotEmpty()
                .allSatisfy(view -> assertThat(view.wish().sharedBy()).doesNotContain(hood.neighbour("b").id));
    }

    @Test
    void revision_growsByOneWithEachView() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.passIntervals(10);

        for (int i = 1; i < hood.views.size(); i++) {
            assertThat(hood.views.get(i).revision())
                    .isEqualTo(hood.views.get(i - 1).revision() + 1);
        }
    }

    private Member vacant() {
        return hood.view().members().stream()
                .filter(member -> member.nodeId().isEmpty())
                .findFirst()
                .orElseThrow();
    }
}
