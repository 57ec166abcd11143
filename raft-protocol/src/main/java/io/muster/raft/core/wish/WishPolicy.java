package io.muster.raft.core.wish;

import io.muster.member.NodeId;
import io.muster.raft.core.FollowerStatus;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange;
import io.muster.raft.core.quorum.Majority;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides the next step from the members as they are to the members as listed (design §4): who is listed and unknown becomes a learner; then, in one
 * joint change, all learners that have caught up become voters and all voters that are long gone from the list leave. Who does not catch up delays that for
 * a bounded time only. Before a new group takes writes, those who have caught up do not wait for who leaves.
 *
 * <p>A voter leaves only when it has been absent from the wish for a while, all of the wish is resolved (else an unresolved line could be that very
 * voter), a majority of the voters lists the same, and fewer than half of the voters would leave.
 */
public final class WishPolicy {

    private final long absenceNanos;
    private final long stableNanos;
    private final long patienceNanos;

    /**
     * @param absenceNanos how long a voter must have been absent from the wish
     * @param stableNanos how long a wish must not have changed before the voters change, so that several edits become one change
     * @param patienceNanos for so long all that come wait for each other, so that they come in one change
     */
    public WishPolicy(long absenceNanos, long stableNanos, long patienceNanos) {
        this.absenceNanos = absenceNanos;
        this.stableNanos = stableNanos;
        this.patienceNanos = patienceNanos;
    }

    public WishStep next(WishView view, long nowNanos) {
        Configuration group = view.configuration();
        if (group.wishPaused()) {
            return new WishStep.Wait("reconciliation is paused");
        }
        if (group.isJoint() || !view.configurationCommitted()) {
            return new WishStep.Wait("a change of members is under way");
        }
        List<NodeId> strangers = strangers(view);
        if (!strangers.isEmpty()) {
            MembershipChange change = MembershipChange.of(group);
            for (NodeId stranger : strangers) {
                change = change.withLearner(stranger);
            }
            return new WishStep.Change(change, "listed and not in the group yet: " + strangers);
        }
        return voters(view, nowNanos);
    }

    private static List<NodeId> strangers(WishView view) {
        Configuration group = view.configuration();
        int room = Configuration.LEARNERS_MAX - group.learners().size();
        return view.wish().stream()
                .filter(listed -> !group.isMember(listed) && !view.unreadable().containsKey(listed))
                .limit(Math.max(0, room))
                .toList();
    }

    private WishStep voters(WishView view, long nowNanos) {
        Configuration group = view.configuration();
        List<NodeId> coming =
                group.learners().stream().filter(view.wish()::contains).toList();
        List<NodeId> ready =
                coming.stream().filter(learner -> isCaughtUp(view, learner)).toList();
        List<NodeId> leaving = group.voters().stream()
                .filter(voter -> !view.wish().contains(voter))
                .toList();
        List<NodeId> idle = group.learners().stream()
                .filter(learner -> !view.wish().contains(learner))
                .toList();
        if (coming.isEmpty() && leaving.isEmpty() && idle.isEmpty()) {
            if (!view.unreadable().isEmpty()) {
                return new WishStep.Wait(String.join("; ", view.unreadable().values()));
            }
            return view.unresolved().isEmpty()
                    ? new WishStep.Done()
                    : new WishStep.Wait("nobody is known yet at " + view.unresolved());
        }
        long ageNanos = nowNanos - view.wishSinceNanos();
        if (ageNanos < stableNanos) {
            return new WishStep.Wait("the list has just changed");
        }
        boolean mayLeave = leaving.stream().allMatch(voter -> isLongAbsent(view, voter, nowNanos));
        if (!mayLeave && (group.takesWrites() || ready.isEmpty())) {
            return new WishStep.Wait("no longer listed, but not for long enough: " + leaving);
        }
        if (ready.size() < coming.size() && ageNanos < patienceNanos) {
            return new WishStep.Wait("catching up: " + coming);
        }
        if (!mayLeave) {
            return change(view, ready, List.of(), List.of());
        }
        WishStep removal = judgeRemoval(view, leaving, ready.size());
        List<NodeId> out = removal instanceof WishStep.Done ? leaving : List.of();
        List<NodeId> dropped = view.unresolved().isEmpty() ? idle : List.of();
        if (!ready.isEmpty() || !out.isEmpty() || !dropped.isEmpty()) {
            return change(view, ready, out, dropped);
        }
        return leaving.isEmpty() ? new WishStep.Wait("catching up: " + coming) : removal;
    }

    private boolean isLongAbsent(WishView view, NodeId voter, long nowNanos) {
        Long since = view.absentSinceNanos().get(voter);
        return view.confirmed() || (since != null && nowNanos - since >= absenceNanos);
    }

    private static boolean isCaughtUp(WishView view, NodeId learner) {
        return view.followers().stream()
                .filter(follower -> follower.node().equals(learner))
                .anyMatch(FollowerStatus::caughtUp);
    }

    private static WishStep change(WishView view, List<NodeId> ready, List<NodeId> out, List<NodeId> idle) {
        MembershipChange change = MembershipChange.of(view.configuration());
        List<NodeId> gone = new ArrayList<>(out);
        gone.addAll(idle);
        for (NodeId node : gone) {
            change = change.without(node);
        }
        for (NodeId node : ready) {
            change = change.withVoter(node);
        }
        return new WishStep.Change(
                view.confirmed() ? change.withForce() : change, "to vote: " + ready + ", to leave: " + gone);
    }

    /** Whether those who are no longer listed may leave now: Done if so, else what stands against it. */
    private static WishStep judgeRemoval(WishView view, List<NodeId> leaving, int comingCount) {
        List<NodeId> voters = view.configuration().voters();
        if (leaving.isEmpty()) {
            return new WishStep.Done();
        }
        if (!view.unresolved().isEmpty()) {
            return new WishStep.Wait(leaving + " may be one of those not reached yet: " + view.unresolved());
        }
        if (leaving.size() == voters.size() && comingCount == 0) {
            return new WishStep.Wait("nobody would be left");
        }
        if (view.confirmed()) {
            return new WishStep.Done();
        }
        long agreeing = voters.stream()
                .filter(voter -> view.wish().equals(view.wishes().get(voter)))
                .count();
        if (agreeing < Majority.size(voters.size())) {
            return new WishStep.NeedsConfirmation(
                    "only " + agreeing + " of " + voters.size() + " voters have this list: no majority");
        }
        if (2 * leaving.size() >= voters.size()) {
            return new WishStep.NeedsConfirmation(
                    "half of the voters or more would leave: " + leaving + " of " + voters);
        }
        return new WishStep.Done();
    }

    /**
     * Why a change by hand is refused: the wish would undo it (design §4).
     *
     * @return empty if reconciliation is paused, or the wish does not contradict
     */
    public static Optional<String> objectionTo(MembershipChange change, Configuration group, List<NodeId> wish) {
        if (group.wishPaused() || change.wishPaused()) {
            return Optional.empty();
        }
        List<NodeId> unlisted = new ArrayList<>(change.voters());
        unlisted.addAll(change.learners());
        unlisted.removeIf(node -> wish.contains(node) || group.isMember(node));
        List<NodeId> listed = new ArrayList<>(group.members());
        listed.removeIf(node -> !wish.contains(node)
                || change.voters().contains(node)
                || change.learners().contains(node));
        if (unlisted.isEmpty() && listed.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of((unlisted.isEmpty() ? listed + " is listed" : unlisted + " is not listed")
                + " and the list would be followed again: change the list, or pause reconciliation first");
    }
}
