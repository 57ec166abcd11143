package io.muster.member.health.core;

import static io.muster.member.health.core.Neighbourhood.SELF;
import static io.muster.member.health.core.Neighbourhood.SELF_ID;
import static io.muster.member.health.core.Neighbourhood.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a listed address becomes a member, found here or by others (design §6; R51). */
class ComingUpTest {

    private final Neighbourhood hood = new Neighbourhood();

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

    private Member vacant() {
        return hood.view().members().stream()
                .filter(member -> member.nodeId().isEmpty())
                .findFirst()
                .orElseThrow();
    }
}
