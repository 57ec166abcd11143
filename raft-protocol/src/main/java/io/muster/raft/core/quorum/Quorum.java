package io.muster.raft.core.quorum;

import io.muster.member.NodeId;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Who must agree: a majority of the voters and, while a joint configuration is in force, a majority of the outgoing voters too (Raft paper §6,
 * dissertation §4.3).
 */
public final class Quorum {

    private final List<NodeId> voters;
    private final List<NodeId> outgoing;
    private final IntUnaryOperator majority;

    /** @param outgoing empty unless the configuration is joint */
    public Quorum(List<NodeId> voters, List<NodeId> outgoing) {
        this(voters, outgoing, Majority::size);
    }

    /** @param majority how many of so many voters are a majority */
    public Quorum(List<NodeId> voters, List<NodeId> outgoing, IntUnaryOperator majority) {
        this.voters = List.copyOf(voters);
        this.outgoing = List.copyOf(outgoing);
        this.majority = majority;
    }

    /** Whether the node's word counts. */
    public boolean counts(NodeId node) {
        return voters.contains(node) || outgoing.contains(node);
    }

    /** Whether those who agree are enough; nobody is asked who does not count. */
    public boolean agrees(Predicate<NodeId> agreed) {
        return agrees(voters, agreed) && (outgoing.isEmpty() || agrees(outgoing, agreed));
    }

    private boolean agrees(List<NodeId> half, Predicate<NodeId> agreed) {
        long count = half.stream().filter(agreed).count();
        return !half.isEmpty() && count >= majority.applyAsInt(half.size());
    }

    /** The highest value that enough of them have reached. */
    public long reached(ToLongFunction<NodeId> reached) {
        long ofVoters = reached(voters, reached);
        return outgoing.isEmpty() ? ofVoters : Math.min(ofVoters, reached(outgoing, reached));
    }

    private long reached(List<NodeId> half, ToLongFunction<NodeId> reached) {
        return Majority.reached(half.stream().mapToLong(reached).toArray(), majority);
    }
}
