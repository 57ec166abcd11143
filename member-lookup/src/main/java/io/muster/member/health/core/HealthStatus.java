package io.muster.member.health.core;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What member health knows, for operators and metrics; immutable.
 *
 * @param listed whether this node's own list names it
 * @param peers the nodes found at listed addresses, this one left out, sorted by node id
 */
public record HealthStatus(MemberView view, boolean listed, List<Peer> peers, Counters counters) {

    public HealthStatus {
        peers = List.copyOf(peers);
    }

    /** What is measured of this node; empty for this one itself and for strangers. */
    public Optional<Peer> peer(NodeId id) {
        return peers.stream().filter(peer -> peer.nodeId().equals(id)).findFirst();
    }

    /**
     * One node as measured.
     *
     * @param member its entry in the view
     * @param clusterId as it said last
     * @param roundTripNanos smoothed; empty until it has answered
     * @param clockSkewMillis its wall clock minus this node's, give or take half a round trip; empty until it has answered
     * @param probesSent that were due, repetitions not counted
     * @param probesLost of those, the ones without an answer
     */
    public record Peer(
            NodeId nodeId,
            Member member,
            Optional<ClusterId> clusterId,
            Optional<Long> roundTripNanos,
            Optional<Long> clockSkewMillis,
            long probesSent,
            long probesLost) {}

    /**
     * Counted since the start of the process.
     *
     * @param probesSent to all members, repetitions not counted
     * @param probesLost of those, the ones without an answer in time
     * @param answersLate answers that came too late, twice, or to another run
     * @param suspicionsRefuted members that would have been DOWN, had others not reached them
     * @param restartsSeen new runs of known nodes
     * @param standStills times that this node stood still
     * @param noticesSuppressed that were more than people can read
     */
    public record Counters(
            long probesSent,
            long probesLost,
            long answersLate,
            long suspicionsRefuted,
            long restartsSeen,
            long standStills,
            long noticesSuppressed) {}
}
