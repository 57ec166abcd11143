package io.muster.member.health.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.MemberState;
import io.muster.member.health.core.Notice.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a member that does not answer is suspicious, when it is down, and how it comes back (design §6; R51). */
class SuspicionTest {

    private final Neighbourhood hood = new Neighbourhood();

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
        hood.pass(Duration.ofMillis(3_500));
        hood.neighbour("b").answers = true;
        hood.pass(Duration.ofMillis(1_900));
        assertThat(hood.state("b")).isEqualTo(MemberState.SUSPICIOUS);
        hood.pass(Duration.ofMillis(1_500));

        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
    }

    /** R53, figure: once a cut is healed all lists are to be equal within two seconds, mostly. */
    @Test
    void whoWasDown_isAskedThriceInShortOrder_onceItAnswers() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.passIntervals(10);
        hood.neighbour("b").answers = true;
        hood.pass(Duration.ofSeconds(1));
        assertThat(hood.state("b"))
                .as("after the probe of the interval, and two more")
                .isEqualTo(MemberState.UP);
    }

    /** Finding it DOWN takes half as long: its keys move no more often than it is cut off. */
    @Test
    void whoWasDownTwice_elevenIntervalsApart_isBackSoonEachTime() {
        hood.with("b", "c");
        for (int i = 0; i < 2; i++) {
            hood.passIntervals(4);
            hood.neighbour("b").answers = false;
            hood.passIntervals(7);
            assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
            hood.neighbour("b").answers = true;
            hood.pass(Duration.ofMillis(1_300));
            assertThat(hood.state("b")).isEqualTo(MemberState.UP);
        }
    }

    /** Else all that it is responsible for would come and go with it. */
    @Test
    void whoWasDownTwiceInShortOrder_takesItsTime() {
        hood.with("b", "c");
        for (int i = 0; i < 2; i++) {
            assertThat(hood.state("b")).isEqualTo(MemberState.UP);
            hood.neighbour("b").answers = false;
            hood.passIntervals(7);
            assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
            hood.neighbour("b").answers = true;
            hood.pass(Duration.ofMillis(1_500));
        }
        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        hood.pass(Duration.ofMillis(1_700));
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
}
