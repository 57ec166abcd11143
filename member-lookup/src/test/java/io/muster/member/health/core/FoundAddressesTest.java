package io.muster.member.health.core;

import static io.muster.member.health.core.Neighbourhood.SELF;
import static io.muster.member.health.core.Neighbourhood.SELF_ID;
import static io.muster.member.health.core.Neighbourhood.SELF_RUN;
import static io.muster.member.health.core.Neighbourhood.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import io.muster.member.Wish;
import io.muster.member.health.core.Neighbourhood.Neighbour;
import io.muster.member.health.core.Notice.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An address leads to a node and never stands for it (design §4, "Identity"; X11). */
class FoundAddressesTest {

    private static final MemberAddress B = address("b");
    private static final MemberAddress C = address("c");
    private static final MemberAddress B_AGAIN = address("alias-of-b");

    private final Neighbourhood hood = new Neighbourhood();
    private final Neighbour b = hood.neighbour("b");
    private final Neighbour c = hood.neighbour("c");

    @Test
    void twoSpellingsOfOneNode_areOneMember_atTheNameThatItGivesItself() {
        hood.list(List.of(SELF, B, B_AGAIN));
        hood.opens(B_AGAIN, b);
        hood.opens(B, b);

        assertThat(hood.view().members()).hasSize(2);
        assertThat(hood.member("b").address()).isEqualTo(B);
        assertThat(hood.view().wish().resolved()).isTrue();
        assertThat(hood.view().wish().nodeIds()).containsExactly(SELF_ID, b.id);
    }

    @Test
    void spellings_noneOfWhichItUses_giveTheFirst() {
        b.address = address("name-that-nobody-lists");
        hood.list(List.of(SELF, address("z"), address("y")));
        hood.opens(address("z"), b);
        hood.opens(address("y"), b);

        assertThat(hood.member("b").address()).isEqualTo(address("y"));
    }

    @Test
    void ownAddressUnderAnotherSpelling_isThisNode() {
        hood.list(List.of(address("alias-of-self"), B));
        hood.feed(new Input.Opened(
                address("alias-of-self"),
                new PeerIdentity(new NodeIdentity(SELF_ID, SELF_RUN), Optional.empty(), SELF, 1)));
        hood.opens(B, b);

        assertThat(hood.view().members()).hasSize(2);
        assertThat(hood.view().self().address()).isEqualTo(address("alias-of-self"));
        assertThat(hood.core.status().listed()).isTrue();
        assertThat(hood.notices).noneMatch(notice -> notice.kind() == Kind.COPIED_DIRECTORY);
    }

    @Test
    void ownNameAtWhichAnotherAnswers_isThatNodesAddress() {
        hood.list(List.of(SELF, B));
        hood.opens(SELF, c);

        assertThat(hood.member("c").address()).isEqualTo(SELF);
        assertThat(hood.core.status().listed()).isFalse();
    }

    @Test
    void movedNode_keepsItsPlace_atTheNewAddress() {
        hood.with("b", "c");
        b.address = address("b2");
        hood.list(List.of(SELF, address("b2"), C));
        hood.opens(address("b2"), b);

        assertThat(hood.member("b").address()).isEqualTo(address("b2"));
        assertThat(hood.view().members()).hasSize(3);
    }

    @Test
    void movedNode_whoseOldAddressIsStillListed_leavesItEmptyOnceNobodyAnswersThere() {
        hood.with("b", "c");
        b.address = address("b2");
        hood.list(List.of(SELF, B, address("b2"), C));
        hood.closes(B, b);
        hood.opens(address("b2"), b);
        assertThat(hood.view().wish().resolved()).isTrue();
        hood.fails(B);

        assertThat(hood.view().wish().unresolved()).containsExactly(B);
        assertThat(hood.member("b").address()).isEqualTo(address("b2"));
        assertThat(hood.kindsOfNotices()).contains(Kind.MEMBER_MOVED);
    }

    @Test
    void exchangedAddresses_areSortedOut() {
        identitiesFollowNodes(new HealthRules());
    }

    static void identitiesFollowNodes(HealthRules rules) {
        Neighbourhood hood = new Neighbourhood(rules).with("b", "c");
        Neighbour b = hood.neighbour("b");
        Neighbour c = hood.neighbour("c");
        hood.closes(B, b);
        hood.closes(C, c);
        b.restarts();
        c.restarts();
        b.address = C;
        c.address = B;
        hood.opens(C, b);
        hood.fails(B);
        assertThat(hood.view().wish().unresolved())
                .as("who comes to b's old address is unknown")
                .containsExactly(B);
        hood.opens(B, c);

        assertThat(hood.member("b").address()).isEqualTo(C);
        assertThat(hood.member("c").address()).isEqualTo(B);
        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
        assertThat(hood.view().members()).hasSize(3);
        assertThat(hood.view().wish().entries())
                .containsExactlyInAnyOrder(
                        new Wish.Entry(SELF, Optional.of(SELF_ID)),
                        new Wish.Entry(B, Optional.of(c.id)),
                        new Wish.Entry(C, Optional.of(b.id)));
    }

    @Test
    void addressTakenByABlankNode_isANewMember_andTheOldOneIsListedNoLonger() {
        hood.with("b", "c");
        Neighbour blank = hood.neighbour("blank");
        blank.address = B;
        blank.loaded = false;
        hood.closes(B, b);
        hood.opens(B, blank);

        assertThat(hood.view().members())
                .extracting(Member::nodeId)
                .containsExactlyInAnyOrder(Optional.of(SELF_ID), Optional.of(blank.id), Optional.of(c.id));
        assertThat(hood.member("blank").loaded()).isFalse();
        assertThat(hood.kindsOfNotices()).contains(Kind.ADDRESS_TAKEN);
    }

    @Test
    void framesOfANodeThatLostItsAddress_bringNobodyBack() {
        addressTakenByABlankNode_isANewMember_andTheOldOneIsListedNoLonger();
        b.probes();

        assertThat(hood.view().member(b.id)).isEmpty();
    }

    @Test
    void deadMember_keepsItsAddress() {
        hood.with("b", "c");
        b.answers = false;
        hood.closes(B, b);
        hood.fails(B);
        hood.passIntervals(10);

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        assertThat(hood.view().wish().resolved()).isTrue();
    }

    @Test
    void nodeThatOnlyDialsUs_isFoundByTheNameThatItGivesItself() {
        hood.list(List.of(SELF, B, C));
        hood.fails(B);
        hood.accepts(b);

        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
    }

    @Test
    void claimToAnAddress_givesWayToWhoeverAnswersThere() {
        Neighbour liar = hood.neighbour("liar");
        liar.address = B;
        hood.list(List.of(SELF, B));
        hood.accepts(liar);
        hood.opens(B, b);
        hood.accepts(liar);

        assertThat(hood.view().member(liar.id)).isEmpty();
        assertThat(hood.member("b").address()).isEqualTo(B);
    }

    @Test
    void addressNoLongerListed_isNoLongerAMember() {
        hood.with("b", "c");
        hood.list(List.of(SELF, C));

        assertThat(hood.view().members()).extracting(Member::address).containsExactly(C, SELF);
        assertThat(hood.dialled).containsExactly(C, SELF);
    }

    @Test
    void listThatStays_changesNothing() {
        hood.with("b", "c");
        int views = hood.views.size();
        hood.list(List.of(C, B, SELF));

        assertThat(hood.views).hasSize(views);
    }

    @Test
    void lateEventsOfAddressesNoLongerListed_areIgnored() {
        hood.with("b");
        hood.list(List.of(SELF));
        hood.opens(B, b);
        hood.closes(B, b);
        hood.fails(B);

        assertThat(hood.view().members()).hasSize(1);
    }

    // Lists that change.

    @Test
    void lineSpeltAnew_throwsNobodyOut() {
        hood.with("b", "c");
        int views = hood.views.size();
        hood.list(List.of(SELF, B_AGAIN, C));
        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
        hood.closes(B, b);
        hood.passIntervals(2);
        hood.opens(B_AGAIN, b);

        assertThat(hood.views.subList(views, hood.views.size()))
                .allSatisfy(view -> assertThat(view.member(b.id))
                        .hasValueSatisfying(member -> assertThat(member.state()).isEqualTo(MemberState.UP)));
        assertThat(hood.member("b").address()).isEqualTo(B_AGAIN);
        assertThat(hood.view().members()).hasSize(3);
    }

    @Test
    void nodeOfADroppedLine_isGone_onceNoAddressIsLeftAtWhichItMayBe() {
        hood.with("b", "c");
        hood.list(List.of(SELF, address("new"), C));
        assertThat(hood.view().member(b.id)).isPresent();
        hood.passIntervals(6);

        assertThat(hood.view().member(b.id)).isEmpty();
        assertThat(hood.view().wish().unresolved()).containsExactly(address("new"));
    }

    @Test
    void nodeOfADroppedLine_isGone_onceAnotherIsFoundAtTheNewOne() {
        hood.with("b", "c");
        hood.list(List.of(SELF, address("new"), C));
        hood.opens(address("new"), hood.neighbour("new"));
        hood.pass(Neighbourhood.INTERVAL);

        assertThat(hood.view().member(b.id)).isEmpty();
    }

    @Test
    void nameListedAgainWithAnotherPeerPort_keepsItsNodeAsAClaim() {
        hood.with("b", "c");
        MemberAddress otherPort = new MemberAddress("b", 8848, 7849);
        hood.list(List.of(SELF, otherPort, C));
        assertThat(hood.member("b").address()).isEqualTo(otherPort);
        assertThat(hood.view().wish().resolved()).isTrue();
        hood.opens(otherPort, hood.neighbour("other"));

        assertThat(hood.view().member(b.id)).isEmpty();
    }

    @Test
    void peerThatDialledUsBefore_isFound_whenItsNameIsListed() {
        hood.list(List.of(SELF, C));
        hood.accepts(b);
        assertThat(hood.view().member(b.id)).isEmpty();
        hood.list(List.of(SELF, B, C));

        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
    }

    @Test
    void peerThatDialledUsBefore_andIsGone_isNotFound() {
        hood.list(List.of(SELF, C));
        hood.accepts(b);
        hood.accepts(b);
        hood.acceptedCloses(b);
        hood.acceptedCloses(b);
        hood.list(List.of(SELF, B, C));

        assertThat(hood.view().member(b.id)).isEmpty();
    }

    @Test
    void addressThatItsNodeHasLeft_isTheOneOfThePeerThatClaimsIt() {
        hood.with("b", "c");
        Neighbour next = hood.neighbour("next");
        next.address = B;
        hood.list(List.of(SELF, B, address("b2"), C));
        hood.closes(B, b);
        hood.accepts(next);
        b.address = address("b2");
        hood.opens(address("b2"), b);
        hood.fails(B);

        assertThat(hood.member("next").address()).isEqualTo(B);
        assertThat(hood.view().wish().resolved()).isTrue();
    }

    // Why nobody is found.

    @Test
    void reasonOfAVacantAddress_isTheLatest_shownOnceAnInterval() {
        hood.list(List.of(SELF, B));
        hood.fails(B, "connection refused");
        hood.passIntervals(7);
        assertThat(vacant().state()).isEqualTo(MemberState.DOWN);
        int views = hood.views.size();
        for (int i = 0; i < 30; i++) {
            hood.fails(B, "no route, attempt " + i);
            hood.pass(Neighbourhood.INTERVAL.dividedBy(10));
        }

        assertThat(vacant().reason()).startsWith("no route, attempt 2");
        assertThat(hood.views).hasSizeBetween(views + 2, views + 4);
    }

    @Test
    void addressThatItsNodeHasLeft_startsAnew() {
        hood.list(List.of(SELF, B, address("b2"), C));
        hood.passIntervals(7);
        hood.opens(B, b);
        hood.closes(B, b);
        b.address = address("b2");
        hood.opens(address("b2"), b);
        hood.fails(B);

        assertThat(vacantAt(B).state()).isEqualTo(MemberState.STARTING);
        assertThat(vacantAt(B).sinceWallMillis()).isEqualTo(hood.now().wallMillis());
        hood.passIntervals(4);
        assertThat(vacantAt(B).state()).isEqualTo(MemberState.STARTING);
        hood.passIntervals(2);
        assertThat(vacantAt(B).state()).isEqualTo(MemberState.DOWN);
    }

    private Member vacant() {
        return vacantAt(B);
    }

    private Member vacantAt(MemberAddress address) {
        return hood.view().members().stream()
                .filter(member -> member.nodeId().isEmpty() && member.address().equals(address))
                .findFirst()
                .orElseThrow();
    }
}
