package io.muster.member;

import java.util.Optional;

/**
 * One member as this node sees it.
 *
 * @param address where the lookup lists it
 * @param nodeId empty until a handshake has told it
 * @param runId of its process as last heard; 0 until then
 * @param state see {@link MemberState}
 * @param loaded whether it counts as loaded with ephemeral data, so that it may be responsible for groups (design §5)
 * @param listsUs whether its own lookup lists this node; ephemeral data passes only between members that list each other (design §5). Of this
 *     node itself: false once its own list does not name it, or those of all members that answer do not
 * @param reason why it is in this state, one line for people
 * @param sinceWallMillis when it entered the state
 * @param otherCluster to which whoever answers at the address says to belong, where that is why it is not talked to
 * @param formatMax the newest format that it has announced, in the handshake of the run that is known (R32); 0 until then, and of this node itself
 */
public record Member(
        MemberAddress address,
        Optional<NodeId> nodeId,
        long runId,
        MemberState state,
        boolean loaded,
        boolean listsUs,
        String reason,
        long sinceWallMillis,
        Optional<ClusterId> otherCluster,
        int formatMax) {

    /** One of which nothing of the kind is known. */
    public Member(
            MemberAddress address,
            Optional<NodeId> nodeId,
            long runId,
            MemberState state,
            boolean loaded,
            boolean listsUs,
            String reason,
            long sinceWallMillis) {
        this(address, nodeId, runId, state, loaded, listsUs, reason, sinceWallMillis, Optional.empty(), 0);
    }

    public Member inOtherCluster(Optional<ClusterId> cluster) {
        return new Member(address, nodeId, runId, state, loaded, listsUs, reason, sinceWallMillis, cluster, formatMax);
    }

    public Member announcing(int newest) {
        return new Member(
                address, nodeId, runId, state, loaded, listsUs, reason, sinceWallMillis, otherCluster, newest);
    }
}
