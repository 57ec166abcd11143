package io.muster.raft.core.membership;

import io.muster.consistency.FormatInForce;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A wanted change of the members, as the members that shall result. Any number may come and go at once (R21).
 *
 * @param voters who shall vote
 * @param learners who shall get the log without a vote
 * @param toPromote which of the learners shall vote once they have caught up; who is no learner does not count
 * @param wishPaused see {@link Configuration}
 * @param forced whether half of the voters or more may leave
 * @param format to put in force (R32); a lower one than is in force changes nothing
 */
public record MembershipChange(
        List<NodeId> voters,
        List<NodeId> learners,
        List<NodeId> toPromote,
        boolean wishPaused,
        boolean forced,
        int format) {

    public MembershipChange {
        voters = sorted(voters);
        learners = sorted(learners);
        toPromote = sorted(toPromote.stream().filter(learners::contains).toList());
    }

    /** Whatever format is in force. */
    public MembershipChange(
            List<NodeId> voters, List<NodeId> learners, List<NodeId> toPromote, boolean wishPaused, boolean forced) {
        this(voters, learners, toPromote, wishPaused, forced, FormatInForce.FIRST);
    }

    private static List<NodeId> sorted(List<NodeId> nodes) {
        return nodes.stream().sorted().distinct().toList();
    }

    /** No change yet; the other methods make one of it. */
    public static MembershipChange of(Configuration configuration) {
        return new MembershipChange(
                configuration.voters(),
                configuration.learners(),
                configuration.toPromote(),
                configuration.wishPaused(),
                false,
                configuration.format());
    }

    /** The node becomes a learner; a voter is demoted. */
    public MembershipChange withLearner(NodeId node) {
        return new MembershipChange(without(voters, node), with(learners, node), toPromote, wishPaused, forced, format);
    }

    /** The node becomes a learner, and a voter once it has caught up. */
    public MembershipChange withComing(NodeId node) {
        return new MembershipChange(
                without(voters, node), with(learners, node), with(toPromote, node), wishPaused, forced, format);
    }

    /** The node becomes a voter. */
    public MembershipChange withVoter(NodeId node) {
        return new MembershipChange(with(voters, node), without(learners, node), toPromote, wishPaused, forced, format);
    }

    public MembershipChange without(NodeId node) {
        return new MembershipChange(
                without(voters, node), without(learners, node), toPromote, wishPaused, forced, format);
    }

    public MembershipChange withWishPaused(boolean paused) {
        return new MembershipChange(voters, learners, toPromote, paused, forced, format);
    }

    public MembershipChange withForce() {
        return new MembershipChange(voters, learners, toPromote, wishPaused, true, format);
    }

    /** The format is in force from then on; all members must have announced it. */
    public MembershipChange withFormat(int inForce) {
        return new MembershipChange(voters, learners, toPromote, wishPaused, forced, inForce);
    }

    private static List<NodeId> with(List<NodeId> nodes, NodeId node) {
        List<NodeId> more = new ArrayList<>(nodes);
        more.add(node);
        return more;
    }

    private static List<NodeId> without(List<NodeId> nodes, NodeId node) {
        return nodes.stream().filter(other -> !other.equals(node)).toList();
    }

    /** Whether the configuration is like that already. */
    public boolean isDoneIn(Configuration configuration) {
        return !configuration.isJoint()
                && configuration.voters().equals(voters)
                && configuration.learners().equals(learners)
                && configuration.toPromote().equals(toPromote)
                && configuration.wishPaused() == wishPaused
                && configuration.format() >= format;
    }

    /**
     * What is wrong with the change itself, whatever state the group is in.
     *
     * @param caughtUp whether a learner lags so little that it may vote (dissertation §4.2.1)
     */
    public Verdict judge(Configuration from, Predicate<NodeId> caughtUp) {
        if (voters.isEmpty()
                || voters.size() > Configuration.VOTERS_MAX
                || learners.size() > Configuration.LEARNERS_MAX
                || learners.stream().anyMatch(voters::contains)) {
            return Verdict.INVALID;
        }
        long leaving =
                from.voters().stream().filter(voter -> !voters.contains(voter)).count();
        if (!forced && 2 * leaving >= from.voters().size()) {
            return Verdict.REMOVES_HALF;
        }
        boolean allCaughtUp =
                voters.stream().filter(voter -> !from.isVoter(voter)).allMatch(caughtUp);
        return allCaughtUp ? Verdict.FINE : Verdict.NOT_CAUGHT_UP;
    }

    /** The configuration to put in force first: a joint one if the voters change. */
    public Configuration appliedTo(Configuration from) {
        return from.changedTo(this);
    }

    /** Whether a change may be made of a group, and if not, why not. */
    public enum Verdict {
        FINE("fine"),
        NOT_LEADER("this node does not lead"),
        NOT_EFFECTIVE("the leader has not committed an entry of its term yet; try again"),
        IN_PROGRESS("another change is not finished; try again"),
        STILL_LED("this node leads, or follows a leader: the majority is not lost"),
        TRANSFERRING("leadership is being handed over; try again with the next leader"),
        INVALID("a group needs 1 to " + Configuration.VOTERS_MAX + " voters, and nobody is voter and learner at once"),
        REMOVES_HALF("half of the voters or more would leave; that needs force"),
        NOT_CAUGHT_UP("a node that would vote has not caught up: add it as a learner first");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }
}
