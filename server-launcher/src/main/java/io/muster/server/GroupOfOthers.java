package io.muster.server;

import io.muster.member.NodeId;
import io.muster.raft.RaftPeer;
import io.muster.raft.RaftStatus;
import java.util.List;
import java.util.Optional;

/**
 * A Raft group in which this node is not the only voter: then it must not stand alone (design §6). What clients told the others would be missing in its
 * lists, and what they tell it in those of the others.
 *
 * @param text about it, for people
 */
record GroupOfOthers(String text) {

    /** Empty if this node votes alone, or belongs to no group. Learners of a sole voter don't count, nor does what a stopped engine does not know. */
    static Optional<GroupOfOthers> keeping(RaftStatus status) {
        if (status.clusterId().isEmpty()) {
            return Optional.empty();
        }
        String cluster = "cluster " + status.clusterId().get();
        List<NodeId> others = status.voters().stream()
                .filter(voter -> !voter.equals(status.nodeId()))
                .toList();
        if (!others.isEmpty()) {
            return Optional.of(new GroupOfOthers(cluster + ", in which " + others + " vote"));
        }
        if (status.changing() && !status.peers().isEmpty()) {
            return Optional.of(new GroupOfOthers(cluster + ", whose change of members is not finished, with "
                    + status.peers().stream().map(RaftPeer::nodeId).toList()));
        }
        boolean waits = status.voters().isEmpty() && status.state() == RaftStatus.State.UP;
        return waits
                ? Optional.of(new GroupOfOthers(cluster + ", whose voters have yet to take it in"))
                : Optional.empty();
    }
}
