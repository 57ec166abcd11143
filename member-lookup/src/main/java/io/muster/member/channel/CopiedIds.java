package io.muster.member.channel;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.PeerIdentity;
import io.muster.member.channel.ChannelLimits.CopiedIdLimits;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a restart from a copied data directory (design §4); pure. A restart brings a new run once, and the old one never again: when a replaced
 * run comes back, two processes live under one node id. Then every run of that id is refused until all but one have stayed away for a period:
 * engines that heard both would mix two histories.
 */
final class CopiedIds {

    /** Restarts that are remembered for a node. */
    private static final int RUNS_MAX = 16;

    private final CopiedIdLimits limits;

    /** In the order in which nodes were last met; bounded. */
    private final Map<NodeId, Runs> nodes = new LinkedHashMap<>();

    CopiedIds(CopiedIdLimits limits) {
        this.limits = limits;
    }

    /** Takes in that this peer turned up; not empty if its node id is, or comes, in quarantine. */
    Optional<Refusal> meet(PeerIdentity peer, long nowNanos) {
        NodeId nodeId = peer.identity().nodeId();
        Runs known = nodes.remove(nodeId);
        Runs runs = known == null ? new Runs() : known;
        nodes.put(nodeId, runs);
        if (nodes.size() > limits.nodesMax()) {
            removeEldest(nodes);
        }
        return runs.meet(peer, nowNanos, limits.quarantine());
    }

    private static void removeEldest(Map<?, ?> map) {
        Iterator<?> eldest = map.keySet().iterator();
        eldest.next();
        eldest.remove();
    }

    /** The runs of one node id. */
    private static final class Runs {

        /** By run id, in the order in which they turned up last; the last one is the present run outside quarantine. */
        private final Map<Long, Seen> seen = new LinkedHashMap<>();

        /** 0 before the first. */
        private long presentRunId;

        private boolean quarantined;

        Optional<Refusal> meet(PeerIdentity peer, long nowNanos, Duration quarantine) {
            long runId = peer.identity().runId();
            Seen before = seen.remove(runId);
            if (!quarantined && before != null && runId != presentRunId) {
                quarantined = true;
                // The present run is connected, however long ago it turned up.
                seen.computeIfPresent(presentRunId, (run, last) -> new Seen(last.address, nowNanos));
            }
            Optional<MemberAddress> rival = quarantined ? rival(nowNanos, quarantine) : Optional.empty();
            quarantined = rival.isPresent();
            seen.put(runId, new Seen(peer.address(), nowNanos));
            if (seen.size() > RUNS_MAX) {
                removeEldest(seen);
            }
            presentRunId = runId;
            return rival.map(address -> new Refusal(
                    RefusalKind.COPIED_IDENTITY,
                    "two processes, at " + address + " and " + peer.address() + ", have node id "
                            + peer.identity().nodeId()
                            + ": one data directory is a copy; stop one of the two and empty its directory. Both are refused until one"
                            + " has stayed away for " + quarantine.toSeconds() + " s"));
        }

        /** Where another run was last seen, if that was within the period. */
        private Optional<MemberAddress> rival(long nowNanos, Duration period) {
            Optional<MemberAddress> latest = Optional.empty();
            for (Seen other : seen.values()) {
                if (nowNanos - other.nanos < period.toNanos()) {
                    latest = Optional.of(other.address);
                }
            }
            return latest;
        }
    }

    /** When and where a run turned up last. */
    private record Seen(MemberAddress address, long nanos) {}
}
