package io.muster.member.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.lookup.StandaloneLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemberRosterTest {

    private static final NodeId SELF_ID = new NodeId(1, 2);
    private static final MemberAddress SELF = new MemberAddress("10.0.0.2", 8848, 7848);
    private static final MemberAddress FIRST = new MemberAddress("10.0.0.1", 8848, 7848);
    private static final MemberAddress THIRD = new MemberAddress("10.0.0.3", 8848, 7848);

    private final TurnTime time = new TurnTime();
    private final MemberRoster roster = new MemberRoster(SELF_ID, SELF, time);
    private final List<MemberView> heard = new ArrayList<>();

    /** R60. */
    @Test
    void standalone_isThisNodeUpAndLoaded() {
        Members members = roster.on(time);
        new StandaloneLookup(SELF).start(roster::adopt);

        Member self = members.view().self();
        assertThat(members.view().members()).containsExactly(self);
        assertThat(self.nodeId()).contains(SELF_ID);
        assertThat(self.state()).isEqualTo(MemberState.UP);
        assertThat(self.loaded()).isTrue();
    }

    @Test
    void adopt_showsOthersAsNotHeardOfYet() {
        roster.adopt(List.of(FIRST, SELF, THIRD));

        assertThat(roster.view().members()).extracting(Member::address).containsExactly(FIRST, SELF, THIRD);
        Member first = roster.view().members().get(0);
        assertThat(first.state()).isEqualTo(MemberState.STARTING);
        assertThat(first.nodeId()).isEmpty();
        assertThat(first.loaded()).isFalse();
    }

    @Test
    void adopt_keepsSelf_listedOrNot() {
        roster.adopt(List.of(FIRST));

        assertThat(roster.view().members()).contains(roster.view().self());
    }

    @Test
    void adopt_tellsListeners_onTheirTime_inOrder() {
        roster.on(time).onChange(heard::add);

        roster.adopt(List.of(SELF, THIRD));
        roster.adopt(List.of(SELF));
        assertThat(heard).isEmpty();
        time.runTurnsUntil(() -> heard.size() == 2);

        assertThat(heard).extracting(MemberView::revision).containsExactly(2L, 3L);
        assertThat(heard.get(1)).isEqualTo(roster.view());
    }

    @Test
    void adopt_ofTheSameList_changesNothing() {
        roster.adopt(List.of(SELF, THIRD));
        MemberView before = roster.view();
        roster.on(time).onChange(heard::add);

        roster.adopt(List.of(THIRD, SELF));

        assertThat(roster.view()).isSameAs(before);
        time.execute(() -> heard.add(before));
        time.runTurnsUntil(() -> !heard.isEmpty());
        assertThat(heard).hasSize(1);
    }

    @Test
    void adopt_showsTheList_asAWish() {
        roster.adopt(List.of(SELF, THIRD));

        assertThat(roster.view().wish().names()).containsExactly("10.0.0.2:8848", "10.0.0.3:8848");
        assertThat(roster.view().wish().nodeIds()).containsExactly(SELF_ID);
        assertThat(roster.view().wish().unresolved()).containsExactly(THIRD);
    }

    @Test
    void publish_takesUpTheViewUnderTheNextRevision_ifItShowsAnythingNew() {
        MemberView before = roster.view();
        roster.publish(before.withRevision(70));
        assertThat(roster.view()).isSameAs(before);

        Member notLoaded =
                new Member(SELF, Optional.of(SELF_ID), 9, MemberState.UP, false, true, "this node", time.wallMillis());
        roster.publish(new MemberView(70, notLoaded, List.of(notLoaded)));

        assertThat(roster.view()).isEqualTo(new MemberView(2, notLoaded, List.of(notLoaded)));
    }

    @Test
    void closedPort_hearsNothing_notEvenWhatIsOnItsWay() {
        MemberRoster.Port port = roster.on(time);
        port.onChange(heard::add);
        List<MemberView> otherHeard = new ArrayList<>();
        roster.on(time).onChange(otherHeard::add);

        roster.adopt(List.of(SELF, THIRD));
        port.close();
        roster.adopt(List.of(SELF));
        time.runTurnsUntil(() -> otherHeard.size() == 2);

        assertThat(heard).isEmpty();
        assertThat(port.view()).isEqualTo(roster.view());
    }
}
