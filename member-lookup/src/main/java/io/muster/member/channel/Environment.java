package io.muster.member.channel;

import io.muster.member.ClusterId;
import io.muster.member.port.Time;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of one channel share; the channel's thread only. */
final class Environment {

    private static final Logger LOG = LoggerFactory.getLogger(PeerChannel.class);

    /** Small messages that are queued in one turn share a write of up to this much beyond one fragment. */
    private static final int BATCH_BYTES = 32 * 1024;

    final ChannelConfig config;
    final ClusterSecret secret;
    final Time time;
    final PeerMetrics metrics;
    final Compression compression = new Compression();

    /** Where frames are put together for one write; free between writes. */
    final ByteBuffer batch;

    private final Supplier<Optional<ClusterId>> clusterId;
    private final SecureRandom nonces = new SecureRandom();
    private final RefusalLog refusalLog;

    Environment(ChannelConfig config, Supplier<Optional<ClusterId>> clusterId, Time time, PeerMetrics metrics) {
        this.config = config;
        this.secret = new ClusterSecret(config.secret());
        this.clusterId = clusterId;
        this.time = time;
        this.metrics = metrics;
        this.batch = ByteBuffer.allocate(
                config.limits().frames().fragmentBytesMax() + WireFrame.OVERHEAD_BYTES_MAX + BATCH_BYTES);
        this.refusalLog = new RefusalLog(config.limits().refusalLog());
        if (secret.isShort()) {
            LOG.warn(
                    "the cluster secret has fewer than {} characters: whoever records a connection between members can find it by trying;"
                            + " take a random one of 32 characters or more",
                    ClusterSecret.GOOD_CHARACTERS_MIN);
        }
    }

    ChannelLimits limits() {
        return config.limits();
    }

    Optional<ClusterId> clusterId() {
        return clusterId.get();
    }

    byte[] nonce() {
        byte[] nonce = new byte[Handshake.NONCE_BYTES];
        nonces.nextBytes(nonce);
        return nonce;
    }

    /**
     * Counts a refusal, and names it in the log if that is due.
     *
     * @param other the listed address that was dialled, or the host that a connection was accepted from
     */
    void refused(String other, Refusal refusal) {
        metrics.refused(refusal.kind());
        refusalLog.line(other, refusal, time.monoNanos()).ifPresent(line -> {
            if (refusal.kind() == RefusalKind.COPIED_IDENTITY) {
                LOG.error("{}", line);
            } else {
                LOG.warn("{}", line);
            }
        });
    }

    /** Whether what bears this cluster id must not be talked to. */
    Optional<Refusal> otherCluster(Optional<ClusterId> theirs) {
        Optional<ClusterId> ours = clusterId();
        if (ours.isEmpty() || theirs.isEmpty() || ours.equals(theirs)) {
            return Optional.empty();
        }
        return Optional.of(new Refusal(
                RefusalKind.CLUSTER, "belongs to cluster " + theirs.get() + ", this node to " + ours.get()));
    }
}
