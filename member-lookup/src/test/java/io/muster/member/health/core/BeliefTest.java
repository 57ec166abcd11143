package io.muster.member.health.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.health.core.Notice.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What of all that comes is believed, and what is not, be it that others are late or that this node stood still (design §6; R51). */
class BeliefTest {

    private final Neighbourhood hood = new Neighbourhood();

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
}
