package io.muster.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.muster.distro.DistroPeer;
import io.muster.member.NodeId;
import io.muster.raft.RaftPeer;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How both engines stand with each of the other members (R27, X15), by node id: series come with a member and go with it. Refreshed by one thread. */
public final class EnginePeerMeters {

    private static final double MILLIS_PER_SECOND = 1_000;

    private final PeerGauges followerLag;
    private final PeerGauges followerContact;
    private final PeerGauges pending;
    private final PeerGauges lastSync;
    private final PeerGauges lastVerify;
    private final PeerGauges mismatches;

    EnginePeerMeters(MeterRegistry registry) {
        followerLag = new PeerGauges(
                registry,
                "muster.raft.follower.lag.entries",
                "Log entries that the member is not known to hold; on the leader.");
        followerContact = new PeerGauges(
                registry,
                "muster.raft.follower.contact.seconds",
                "Since when the member has not answered; on the leader.");
        pending = new PeerGauges(
                registry,
                "muster.distro.sync.pending",
                "Keys of which the member has not acknowledged the latest change.");
        lastSync = new PeerGauges(
                registry, "muster.distro.sync.age.seconds", "How long ago the member acknowledged a batch of changes.");
        lastVerify = new PeerGauges(
                registry,
                "muster.distro.verify.age.seconds",
                "How long ago digests were found equal with the member's, or made so.");
        mismatches = new PeerGauges(
                registry,
                "muster.distro.verify.mismatches",
                "Digest rounds with the member that found a difference, since the start.");
    }

    /** Brings all series up to date. */
    public void refresh(RaftStatus raft, List<DistroPeer> distro) {
        refresh(raft);
        Map<NodeId, Double> pendingKeys = new TreeMap<>();
        Map<NodeId, Double> syncAges = new TreeMap<>();
        Map<NodeId, Double> verifyAges = new TreeMap<>();
        Map<NodeId, Double> differences = new TreeMap<>();
        for (DistroPeer peer : distro) {
            pendingKeys.put(peer.nodeId(), (double) peer.pending());
            peer.lastSyncMillis().ifPresent(millis -> syncAges.put(peer.nodeId(), millis / MILLIS_PER_SECOND));
            peer.lastVerifyMillis().ifPresent(millis -> verifyAges.put(peer.nodeId(), millis / MILLIS_PER_SECOND));
            differences.put(peer.nodeId(), (double) peer.mismatches());
        }
        pending.show(pendingKeys);
        lastSync.show(syncAges);
        lastVerify.show(verifyAges);
        mismatches.show(differences);
    }

    private void refresh(RaftStatus raft) {
        Map<NodeId, Double> lags = new TreeMap<>();
        Map<NodeId, Double> contacts = new TreeMap<>();
        for (RaftPeer peer : raft.role() == RaftRole.LEADER ? raft.peers() : List.<RaftPeer>of()) {
            if (peer.matchIndex() >= 0) {
                lags.put(peer.nodeId(), (double) Math.max(0, raft.lastIndex() - peer.matchIndex()));
                contacts.put(peer.nodeId(), peer.lastContactMillis() / MILLIS_PER_SECOND);
            }
        }
        followerLag.show(lags);
        followerContact.show(contacts);
    }
}
