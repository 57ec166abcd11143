package io.muster.raft.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.Rules;
import io.muster.raft.core.format.Announcements.Announcement;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** R32: a later format is put in force when all members announce it, and never before. */
class AnnouncementsTest {

    private static final NodeId SELF = new NodeId(0, 1);
    private static final NodeId TWO = new NodeId(0, 2);
    private static final NodeId THREE = new NodeId(0, 3);
    private static final NodeId COMING = new NodeId(0, 4);
    private static final List<NodeId> MEMBERS = List.of(SELF, TWO, THREE);

    // What is known; each test changes what it is about.
    private Configuration group = new Configuration(new ClusterId(1, 1), MEMBERS);
    private int own = 2;
    private boolean committed = true;
    private List<NodeId> listed = MEMBERS;
    private final TreeMap<NodeId, Announcement> others = new TreeMap<>();

    AnnouncementsTest() {
        says(TWO, 2);
        says(THREE, 2);
    }

    private void says(NodeId node, int format) {
        others.put(node, new Announcement("n" + node.low() + ":8848", format, true));
    }

    private Announcements announcements() {
        return new Announcements(SELF, own, others);
    }

    private Optional<Integer> next() {
        return announcements().next(group, committed, listed, new Rules());
    }

    @Test
    void allAnnounceIt_andItIsPutInForce() {
        assertThat(next()).contains(2);
    }

    /** No group has to pass through a format that none of its members is held to any more. */
    @Test
    void newestOfThoseThatAllAnnounce_isPutInForce_whicheverIsInForceBefore() {
        own = 3;
        says(TWO, 3);
        assertThat(next()).as("one still reads no more than the second").contains(2);
        says(THREE, 3);
        assertThat(next()).as("from the first").contains(3);
        group = group.withFormat(2);
        assertThat(next()).as("from the second").contains(3);
        says(THREE, 2);
        assertThat(next()).isEmpty();
        assertThat(announcements().heldBackBy(3, group.members(), listed)).isEqualTo(THREE + " (n3:8848) announces 2");
    }

    @Test
    void oneVoterAnnouncesLess_andNothingIsRaised() {
        says(THREE, 1);
        assertThat(next()).isEmpty();
        assertThat(announcements().heldBackBy(2, group.members(), listed)).isEqualTo(THREE + " (n3:8848) announces 1");
    }

    @Test
    void leaderItselfReadsNoMore_andNothingIsRaised() {
        own = 1;
        assertThat(next()).isEmpty();
    }

    /** It may come back as a build that does not read it. */
    @Test
    void memberThatDoesNotAnswer_holdsItBack() {
        others.put(THREE, new Announcement("n3:8848", 2, false));
        assertThat(next()).isEmpty();
        assertThat(announcements().heldBackBy(2, group.members(), listed))
                .isEqualTo(THREE + " (n3:8848) announces 2, and does not answer");
    }

    @Test
    void memberOfWhomNothingIsKnown_holdsItBack() {
        others.remove(THREE);
        assertThat(next()).isEmpty();
        assertThat(announcements().heldBackBy(2, group.members(), listed)).isEqualTo(THREE + " is not known here");
    }

    @Test
    void learnerCountsAsVotersDo() {
        group = new Configuration(new ClusterId(1, 1), List.of(SELF, TWO), List.of(), List.of(THREE), 0, false);
        says(THREE, 1);
        assertThat(next()).isEmpty();
        says(THREE, 2);
        assertThat(next()).contains(2);
    }

    @Test
    void changeUnderWay_isWaitedFor() {
        committed = false;
        assertThat(next()).isEmpty();
        committed = true;
        group = new Configuration(new ClusterId(1, 1), MEMBERS, List.of(SELF, TWO), List.of(), 0, false);
        assertThat(next()).isEmpty();
    }

    /** While a group is being founded, those it is founded for are not in it yet. */
    @Test
    void youngGroup_waitsForItsVoters() {
        group = new Configuration(new ClusterId(1, 1), List.of(SELF), List.of(), List.of(), 2, false);
        assertThat(next()).isEmpty();
    }

    @Test
    void listedNodeThatReadsLess_holdsItBack_untilItIsListedNoLonger() {
        listed = List.of(SELF, TWO, THREE, COMING);
        says(COMING, 1);
        assertThat(next()).isEmpty();
        assertThat(announcements().heldBackBy(2, group.members(), listed)).isEqualTo(COMING + " (n4:8848) announces 1");
        listed = MEMBERS;
        assertThat(next()).contains(2);
    }

    @Test
    void whatIsInForce_isNeverLowered() {
        group = group.withFormat(2);
        says(THREE, 1);
        assertThat(next()).isEmpty();
        MembershipChange older = MembershipChange.of(new Configuration(new ClusterId(1, 1), MEMBERS));
        assertThat(older.withLearner(COMING).appliedTo(group).format()).isEqualTo(2);
    }

    @Test
    void nodeThatReadsLessThanIsInForce_isNotTakenIn() {
        says(COMING, 1);
        assertThat(announcements().objectionTo(COMING, group)).isEmpty();
        assertThat(announcements().objectionTo(COMING, group.withFormat(2)))
                .hasValueSatisfying(why ->
                        assertThat(why).startsWith("format 2 is in force, and " + COMING + " (n4:8848) announces 1"));
        says(COMING, 2);
        assertThat(announcements().objectionTo(COMING, group.withFormat(2))).isEmpty();
    }

    @Test
    void foundersAndSurvivors_countByTheLeastOfThem() {
        assertThat(announcements().leastAnnouncedBy(MEMBERS)).isEqualTo(2);
        says(THREE, 1);
        assertThat(announcements().leastAnnouncedBy(MEMBERS)).isEqualTo(1);
        assertThat(announcements().leastOf(List.of(SELF, TWO))).isEqualTo(2);
        others.put(TWO, new Announcement("n2:8848", 2, false));
        assertThat(announcements().leastOf(List.of(SELF, TWO))).isEqualTo(1);
        assertThat(announcements().leastAnnouncedBy(List.of(SELF, COMING))).isEqualTo(1);
    }
}
