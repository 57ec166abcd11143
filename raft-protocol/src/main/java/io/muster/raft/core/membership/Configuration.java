package io.muster.raft.core.membership;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import java.util.List;

/**
 * The group: which cluster, and who votes in it. Node ids only; addresses are not the log's business (design §4, "Identity").
 *
 * @param clusterId drawn by the founder
 * @param voters at least one, sorted, no one twice
 */
public record Configuration(ClusterId clusterId, List<NodeId> voters) {

    /** Bound on the voters of a group; more only make every write slower. */
    public static final int VOTERS_MAX = 63;

    public Configuration {
        voters = voters.stream().sorted().distinct().toList();
        if (voters.isEmpty() || voters.size() > VOTERS_MAX) {
            throw new IllegalArgumentException("a group has 1 to " + VOTERS_MAX + " voters: " + voters);
        }
    }

    public boolean isVoter(NodeId node) {
        return voters.contains(node);
    }

    public boolean isSoleVoter(NodeId node) {
        return voters.size() == 1 && isVoter(node);
    }
}
