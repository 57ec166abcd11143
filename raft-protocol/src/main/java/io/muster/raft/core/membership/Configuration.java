package io.muster.raft.core.membership;

import io.muster.consistency.FormatInForce;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import java.util.List;
import java.util.TreeSet;

/**
 * The group: which cluster, and who votes in it. Node ids only; addresses are not the log's business (design §4, "Identity").
 *
 * <p>While the voters change, the configuration is <em>joint</em> (dissertation §4.3): decisions need a majority of the voters and a majority of
 * the outgoing voters.
 *
 * @param clusterId drawn by the founder
 * @param voters at least one, sorted, no one twice; of a joint configuration, those to come (C_new)
 * @param outgoing the voters that a joint configuration replaces (C_old), sorted; else empty
 * @param learners who get the log and have no vote, sorted; one may be an outgoing voter
 * @param toPromote the learners that an operator has added to vote as soon as they have caught up, whoever leads then; sorted
 * @param votersBeforeWrites persistent writes wait until the group has so many voters (design §4, "Founding"); 0 once it has had them
 * @param wishPaused whether the members are no longer made to follow the lookup's wish (design §4, "Wish and configuration")
 * @param resetTerm the term that began when an operator last declared who votes, whatever was decided before (R23); 0 if never
 * @param format in force from here on: all members have said that they read it (R32); never falls in a group
 */
public record Configuration(
        ClusterId clusterId,
        List<NodeId> voters,
        List<NodeId> outgoing,
        List<NodeId> learners,
        List<NodeId> toPromote,
        int votersBeforeWrites,
        boolean wishPaused,
        long resetTerm,
        int format) {

    /** Bound on the voters of a group; more only make every write slower. */
    public static final int VOTERS_MAX = 63;

    /** Bound on the learners of a group. */
    public static final int LEARNERS_MAX = 63;

    public Configuration {
        voters = sorted(voters);
        outgoing = sorted(outgoing);
        learners = sorted(learners);
        toPromote = sorted(toPromote);
        if (voters.isEmpty() || voters.size() > VOTERS_MAX || outgoing.size() > VOTERS_MAX) {
            throw new IllegalArgumentException("a group has 1 to " + VOTERS_MAX + " voters: " + voters + outgoing);
        }
        if (learners.size() > LEARNERS_MAX) {
            throw new IllegalArgumentException("a group has at most " + LEARNERS_MAX + " learners: " + learners);
        }
        if (learners.stream().anyMatch(voters::contains)) {
            throw new IllegalArgumentException("a voter is no learner: " + voters + learners);
        }
        if (!learners.containsAll(toPromote)) {
            throw new IllegalArgumentException("only learners are promoted: " + toPromote + learners);
        }
        if (resetTerm < 0) {
            throw new IllegalArgumentException("no term is " + resetTerm);
        }
        if (format < FormatInForce.FIRST) {
            throw new IllegalArgumentException("no format is " + format);
        }
        if (votersBeforeWrites < 0 || votersBeforeWrites > VOTERS_MAX) {
            throw new IllegalArgumentException("writes cannot wait for " + votersBeforeWrites + " voters");
        }
    }

    /** A group that is not changing, takes writes, and has no learners. */
    public Configuration(ClusterId clusterId, List<NodeId> voters) {
        this(clusterId, voters, List.of(), List.of(), 0, false);
    }

    /** A group in which the first format is in force. */
    public Configuration(
            ClusterId clusterId,
            List<NodeId> voters,
            List<NodeId> outgoing,
            List<NodeId> learners,
            List<NodeId> toPromote,
            int votersBeforeWrites,
            boolean wishPaused,
            long resetTerm) {
        this(
                clusterId,
                voters,
                outgoing,
                learners,
                toPromote,
                votersBeforeWrites,
                wishPaused,
                resetTerm,
                FormatInForce.FIRST);
    }

    /** A group in which nobody was added by hand to vote later, and which was never reset. */
    public Configuration(
            ClusterId clusterId,
            List<NodeId> voters,
            List<NodeId> outgoing,
            List<NodeId> learners,
            int votersBeforeWrites,
            boolean wishPaused) {
        this(clusterId, voters, outgoing, learners, List.of(), votersBeforeWrites, wishPaused, 0);
    }

    private static List<NodeId> sorted(List<NodeId> nodes) {
        return nodes.stream().sorted().distinct().toList();
    }

    /** Whether the node's vote counts, in either half of a joint configuration. */
    public boolean isVoter(NodeId node) {
        return voters.contains(node) || outgoing.contains(node);
    }

    public boolean isLearner(NodeId node) {
        return learners.contains(node) && !isVoter(node);
    }

    public boolean isMember(NodeId node) {
        return isVoter(node) || learners.contains(node);
    }

    public boolean isSoleVoter(NodeId node) {
        return voters.size() == 1 && outgoing.isEmpty() && isVoter(node);
    }

    public boolean isJoint() {
        return !outgoing.isEmpty();
    }

    /** Whether persistent writes may be taken: the group has had as many voters as its founding wanted. */
    public boolean takesWrites() {
        return votersBeforeWrites == 0;
    }

    /** Everybody who gets the log, sorted. */
    public List<NodeId> members() {
        TreeSet<NodeId> all = new TreeSet<>(voters);
        all.addAll(outgoing);
        all.addAll(learners);
        return List.copyOf(all);
    }

    /** What follows a joint configuration: C_new alone. */
    public Configuration leaveJoint() {
        int before = voters.size() >= votersBeforeWrites ? 0 : votersBeforeWrites;
        return new Configuration(
                clusterId, voters, List.of(), learners, toPromote, before, wishPaused, resetTerm, format);
    }

    /** The same with the format in force. */
    public Configuration withFormat(int inForce) {
        return new Configuration(
                clusterId, voters, outgoing, learners, toPromote, votersBeforeWrites, wishPaused, resetTerm, inForce);
    }

    /** The same with other members, in two steps if the voters change: this is the first. */
    Configuration changedTo(MembershipChange change) {
        List<NodeId> replaced = voters.equals(change.voters()) ? List.of() : voters;
        return new Configuration(
                clusterId,
                change.voters(),
                replaced,
                change.learners(),
                change.toPromote(),
                votersBeforeWrites,
                change.wishPaused(),
                resetTerm,
                Math.max(format, change.format()));
    }
}
