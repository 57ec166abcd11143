package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;

/** What an operator has the group, or this node, do. */
public sealed interface GroupCommand {

    /** Hand leadership over; empty for whichever voter is furthest (R22). */
    record TransferLeadership(Optional<NodeId> target) implements GroupCommand {}

    /** Take a node in as a learner; it becomes a voter when it has caught up (R21). */
    record AddMember(NodeId node) implements GroupCommand {}

    /**
     * Let a member go.
     *
     * @param force whether that may be half of the voters or more
     */
    record RemoveMember(NodeId node, boolean force) implements GroupCommand {}

    /** Follow the lookup's list now, whoever leaves. */
    record ApplyWish() implements GroupCommand {}

    /** Stop, or go on, making the members follow the lookup's list. */
    record PauseWish(boolean paused) implements GroupCommand {}

    /**
     * Found a group though not all listed members agree (design §4, "Founding").
     *
     * @param members for whom; a majority of them must vote before writes are taken
     */
    record Found(List<NodeId> members) implements GroupCommand {
        public Found {
            members = List.copyOf(members);
        }
    }

    /**
     * Go to the cluster of the listed members.
     *
     * @param cluster that one; empty where the members themselves have told
     * @param discardLocal whether the data of the own cluster may be lost for it
     */
    record Join(Optional<ClusterId> cluster, boolean discardLocal) implements GroupCommand {}

    /**
     * A majority is lost for good: these are the voters now (R23).
     *
     * @param voters with this node
     */
    record ResetMembership(List<NodeId> voters) implements GroupCommand {
        public ResetMembership {
            voters = List.copyOf(voters);
        }
    }
}
