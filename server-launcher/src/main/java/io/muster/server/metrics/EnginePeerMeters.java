package io.muster.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.muster.distro.DistroPeer;
import io.muster.member.NodeId;
import io.muster.raft.RaftPeer;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import java.util.ArrayList;
import java.util.List;

/** How both engines stand with each of the other members (R27, X15), by node id: series come with a member and go with it. Refreshed by one thread. */
public final class EnginePeerMeters {

    private static final double MILLIS_PER_SECOND = 1_000;

    private final MeterRegistry registry;
    private final MultiGauge followerLag;
    private final MultiGauge followerContact;
    private final MultiGauge pending;
    private final MultiGauge lastSync;
    private final MultiGauge lastVerify;
    private final MultiGauge mismatches;

    EnginePeerMeters(MeterRegistry registry) {
        this.registry = registry;
        followerLag = gauges(
                "muster.raft.follower.lag.entries", "Log entries that the member is not known to hold; on the leader.");
        followerContact = gauges(
                "muster.raft.follower.contact.seconds", "Since when the member has not answered; on the leader.");
        pending = gauges(
                "muster.distro.sync.pending", "Keys of which the member has not acknowledged the latest change.");
        lastSync = gauges("muster.distro.sync.age.seconds", "How long ago the member acknowledged a batch of changes.");
        lastVerify = gauges(
                "muster.distro.verify.age.seconds",
                "How long ago digests were found equal with the member's, or made so.");
        mismatches = gauges(
                "muster.distro.verify.mismatches",
                "Digest rounds with the member that found a difference, since the start.");
    }

    private MultiGauge gauges(String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    /** Brings all series up to date. */
    public void refresh(RaftStatus raft, List<DistroPeer> distro) {
        refresh(raft);
        List<Row<?>> pendingRows = new ArrayList<>();
        List<Row<?>> syncRows = new ArrayList<>();
        List<Row<?>> verifyRows = new ArrayList<>();
        List<Row<?>> mismatchRows = new ArrayList<>();
        for (DistroPeer peer : distro) {
            Tags tags = tags(peer.nodeId());
            pendingRows.add(Row.of(tags, peer.pending()));
            peer.lastSyncMillis().ifPresent(millis -> syncRows.add(Row.of(tags, millis / MILLIS_PER_SECOND)));
            peer.lastVerifyMillis().ifPresent(millis -> verifyRows.add(Row.of(tags, millis / MILLIS_PER_SECOND)));
            mismatchRows.add(Row.of(tags, peer.mismatches()));
        }
        pending.register(pendingRows, true);
        lastSync.register(syncRows, true);
        lastVerify.register(verifyRows, true);
        mismatches.register(mismatchRows, true);
    }

    private void refresh(RaftStatus raft) {
        List<Row<?>> lagRows = new ArrayList<>();
        List<Row<?>> contactRows = new ArrayList<>();
        for (RaftPeer peer : raft.role() == RaftRole.LEADER ? raft.peers() : List.<RaftPeer>of()) {
            if (peer.matchIndex() >= 0) {
                lagRows.add(Row.of(tags(peer.nodeId()), Math.max(0, raft.lastIndex() - peer.matchIndex())));
                contactRows.add(Row.of(tags(peer.nodeId()), peer.lastContactMillis() / MILLIS_PER_SECOND));
            }
        }
        followerLag.register(lagRows, true);
        followerContact.register(contactRows, true);
    }

    private static Tags tags(NodeId node) {
        return Tags.of("node", node.toString());
    }
}
