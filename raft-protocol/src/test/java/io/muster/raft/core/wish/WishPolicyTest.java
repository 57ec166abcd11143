package io.muster.raft.core.wish;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.raft.core.FollowerStatus;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange;
import io.muster.raft.core.progress.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Design §4, "Wish and configuration". */
class WishPolicyTest {

    private static final long ABSENCE = 60;
    private static final long STABLE = 5;
    private static final long PATIENCE = 20;
    private static final long NOW = 1_000;
    private static final MemberAddress UNKNOWN = new MemberAddress("n9", 8848, 7848);

    private final WishPolicy policy = new WishPolicy(ABSENCE, STABLE, PATIENCE);

    // What the leader knows; each test changes what it is about.
    private List<NodeId> voters = nodes(1, 2, 3);
    private final TreeMap<NodeId, String> unreadable = new TreeMap<>();
    private List<NodeId> outgoing = List.of();
    private List<NodeId> learners = List.of();
    private boolean paused;
    private boolean committed = true;
    private List<NodeId> wish = nodes(1, 2, 3);
    private List<MemberAddress> unresolved = List.of();
    private long wishAge = 500;
    private long absentFor = 500;
    private List<NodeId> caughtUp = List.of();
    private List<NodeId> agreeing = nodes(1, 2, 3, 4, 5);
    private boolean confirmed;
    private int votersBeforeWrites;

    private static List<NodeId> nodes(Integer... numbers) {
        return Arrays.stream(numbers).map(number -> new NodeId(0, number)).toList();
    }

    private WishStep next() {
        TreeMap<NodeId, List<NodeId>> wishes = new TreeMap<>();
        voters.forEach(voter -> wishes.put(voter, agreeing.contains(voter) ? wish : nodes(7)));
        TreeMap<NodeId, Long> absent = new TreeMap<>();
        voters.stream().filter(voter -> !wish.contains(voter)).forEach(voter -> absent.put(voter, NOW - absentFor));
        List<FollowerStatus> followers = new ArrayList<>();
        learners.forEach(learner -> followers.add(
                new FollowerStatus(learner, false, Progress.State.REPLICATE, 9, 10, NOW, caughtUp.contains(learner))));
        Configuration group =
                new Configuration(new ClusterId(1, 1), voters, outgoing, learners, votersBeforeWrites, paused);
        WishView view = new WishView(
                new NodeId(0, 1),
                group,
                committed,
                wish,
                unresolved,
                NOW - wishAge,
                wishes,
                absent,
                followers,
                unreadable,
                confirmed);
        return policy.next(view, NOW);
    }

    private MembershipChange change() {
        assertThat(next()).isInstanceOf(WishStep.Change.class);
        return ((WishStep.Change) next()).change();
    }

    @Test
    void membersAsWished_nothingToDo() {
        assertThat(next()).isEqualTo(new WishStep.Done());
    }

    @Test
    void strangersInTheList_becomeLearnersAtOnce() {
        wish = nodes(1, 2, 3, 4, 5);
        wishAge = 0;

        assertThat(change().learners()).isEqualTo(nodes(4, 5));
        assertThat(change().voters()).isEqualTo(nodes(1, 2, 3));
    }

    @Test
    void learnersThatHaveCaughtUp_becomeVoters_allInOneChange() {
        wish = nodes(1, 2, 3, 4, 5);
        learners = nodes(4, 5);
        caughtUp = nodes(4, 5);

        assertThat(change().voters()).isEqualTo(nodes(1, 2, 3, 4, 5));
        assertThat(change().learners()).isEmpty();
    }

    /** It would be without writes for as long. */
    @Test
    void groupThatTakesNoWritesYet_doesNotWaitForWhoLeaves_toTakeInWhoIsReady() {
        wish = nodes(1, 2, 4, 5);
        learners = nodes(4, 5);
        caughtUp = nodes(4, 5);
        absentFor = ABSENCE - 1;
        assertThat(next()).as("where three are enough").isInstanceOf(WishStep.Wait.class);

        votersBeforeWrites = 4;
        assertThat(change().voters()).isEqualTo(nodes(1, 2, 3, 4, 5));

        caughtUp = List.of();
        assertThat(next()).isInstanceOf(WishStep.Wait.class);

        absentFor = ABSENCE;
        caughtUp = nodes(4, 5);
        assertThat(change().voters()).as("all in one change").isEqualTo(nodes(1, 2, 4, 5));
    }

    @Test
    void learnerThatLags_isWaitedFor_butNotForEver() {
        wish = nodes(1, 2, 3, 4, 5);
        learners = nodes(4, 5);
        caughtUp = nodes(4);
        wishAge = PATIENCE - 1;
        assertThat(next()).isInstanceOf(WishStep.Wait.class);

        wishAge = PATIENCE;
        assertThat(change().voters()).isEqualTo(nodes(1, 2, 3, 4));
        assertThat(change().learners()).isEqualTo(nodes(5));
    }

    @Test
    void wishThatHasJustChanged_waits() {
        wish = nodes(1, 2);
        wishAge = STABLE - 1;

        assertThat(next().reason()).contains("just changed");
    }

    @Test
    void voterLeaves_onlyAfterSixtySecondsOfAbsence() {
        wish = nodes(1, 2);
        absentFor = ABSENCE - 1;
        assertThat(next().reason()).contains("not for long enough");

        absentFor = ABSENCE;
        assertThat(change().voters()).isEqualTo(nodes(1, 2));
    }

    /** The unresolved line could be the very voter that seems to be missing. */
    @Test
    void voterStays_whileALineIsUnresolved() {
        wish = nodes(1, 2);
        unresolved = List.of(UNKNOWN);

        assertThat(next()).isInstanceOf(WishStep.Wait.class);
        assertThat(next().reason()).contains("n9:8848");
    }

    @Test
    void voterStays_withoutAMajorityOfTheSameWish() {
        wish = nodes(1, 2);
        agreeing = nodes(1);

        assertThat(next()).isInstanceOf(WishStep.NeedsConfirmation.class);
        assertThat(next().reason()).contains("1 of 3 voters");
    }

    @Test
    void halfOfTheVoters_leaveOnlyWhenConfirmed() {
        voters = nodes(1, 2, 3, 4);
        wish = nodes(1, 2);
        assertThat(next()).isInstanceOf(WishStep.NeedsConfirmation.class);

        confirmed = true;
        assertThat(change().voters()).isEqualTo(nodes(1, 2));
        assertThat(change().forced()).isTrue();
    }

    @Test
    void fiveToThree_isOneChange() {
        voters = nodes(1, 2, 3, 4, 5);
        wish = nodes(1, 2, 3);

        assertThat(change().voters()).isEqualTo(nodes(1, 2, 3));
        assertThat(change().forced()).isFalse();
    }

    @Test
    void replacedNode_comesAndGoesInOneChange() {
        wish = nodes(1, 2, 4);
        learners = nodes(4);
        caughtUp = nodes(4);
        absentFor = ABSENCE - 1;
        assertThat(next()).as("the new one waits for the old one").isInstanceOf(WishStep.Wait.class);

        absentFor = ABSENCE;
        assertThat(change().voters()).isEqualTo(nodes(1, 2, 4));
    }

    @Test
    void removalThatNeedsConfirmation_doesNotHoldUpWhoComes() {
        wish = nodes(1, 2, 4);
        learners = nodes(4);
        caughtUp = nodes(4);
        agreeing = nodes(1);

        assertThat(change().voters()).isEqualTo(nodes(1, 2, 3, 4));
    }

    @Test
    void learnerThatIsNoLongerListed_goes_onceAllIsResolved() {
        learners = nodes(4);
        unresolved = List.of(UNKNOWN);
        assertThat(next()).isInstanceOf(WishStep.Wait.class);

        unresolved = List.of();
        assertThat(change().learners()).isEmpty();
        assertThat(change().voters()).isEqualTo(nodes(1, 2, 3));
    }

    @Test
    void pauseOrAChangeUnderWay_waits() {
        wish = nodes(1, 2, 3, 4);
        paused = true;
        assertThat(next().reason()).contains("paused");

        paused = false;
        committed = false;
        assertThat(next().reason()).contains("under way");

        committed = true;
        outgoing = nodes(1, 2);
        assertThat(next().reason()).contains("under way");
    }

    @Test
    void nobodyLeft_isNeverAskedFor() {
        wish = List.of();
        confirmed = true;

        assertThat(next().reason()).isEqualTo("nobody would be left");
    }

    /** Design §4: manual changes that the wish contradicts are refused unless reconciliation is paused. */
    @Test
    void manualChange_thatTheWishContradicts_isObjectedTo() {
        Configuration group = new Configuration(new ClusterId(1, 1), nodes(1, 2, 3));
        MembershipChange stranger = MembershipChange.of(group).withLearner(new NodeId(0, 9));
        MembershipChange removal = MembershipChange.of(group).without(new NodeId(0, 3));

        assertThat(WishPolicy.objectionTo(stranger, group, nodes(1, 2, 3))).isPresent();
        assertThat(WishPolicy.objectionTo(removal, group, nodes(1, 2, 3))).isPresent();
        assertThat(WishPolicy.objectionTo(removal, group, nodes(1, 2))).isEmpty();
        assertThat(WishPolicy.objectionTo(stranger, group, nodes(1, 2, 3, 9))).isEmpty();
        assertThat(WishPolicy.objectionTo(removal.withWishPaused(true), group, nodes(1, 2, 3)))
                .isEmpty();
    }
}
