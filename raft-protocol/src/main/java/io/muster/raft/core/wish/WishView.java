package io.muster.raft.core.wish;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.raft.core.FollowerStatus;
import io.muster.raft.core.membership.Configuration;
import java.util.List;
import java.util.TreeMap;

/**
 * All that a leader knows about wish and members at one moment.
 *
 * @param self the leader
 * @param configuration in force
 * @param configurationCommitted whether its entry is committed
 * @param wish the node ids that the leader's lookup lists, sorted
 * @param unresolved listed addresses of which no handshake has told yet who answers there
 * @param wishSinceNanos since when the wish, resolved as it is, has not changed
 * @param wishes what each voter's lookup lists, as it said last; of the leader, too
 * @param absentSinceNanos since when a voter has not been in the wish; only those that are not in it
 * @param followers what the leader knows of each
 * @param unreadable listed nodes that can't be taken in, since they do not read what the group writes (R32), with the reason; sorted
 * @param confirmed whether an operator has confirmed this wish, so that half or more may leave at once
 */
public record WishView(
        NodeId self,
        Configuration configuration,
        boolean configurationCommitted,
        List<NodeId> wish,
        List<MemberAddress> unresolved,
        long wishSinceNanos,
        TreeMap<NodeId, List<NodeId>> wishes,
        TreeMap<NodeId, Long> absentSinceNanos,
        List<FollowerStatus> followers,
        TreeMap<NodeId, String> unreadable,
        boolean confirmed) {

    public WishView {
        wish = wish.stream().sorted().distinct().toList();
        unresolved = List.copyOf(unresolved);
        wishes = new TreeMap<>(wishes);
        absentSinceNanos = new TreeMap<>(absentSinceNanos);
        followers = List.copyOf(followers);
        unreadable = new TreeMap<>(unreadable);
    }
}
