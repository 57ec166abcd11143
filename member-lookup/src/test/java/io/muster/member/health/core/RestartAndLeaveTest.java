package io.muster.member.health.core;

import static io.muster.member.health.core.Neighbourhood.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.health.core.Notice.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a new run of a member means, and a member that goes on purpose (design §6; R51). */
class RestartAndLeaveTest {

    private final Neighbourhood hood = new Neighbourhood();

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
}
