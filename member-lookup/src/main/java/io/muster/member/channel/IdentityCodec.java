package io.muster.member.channel;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The first frame of each direction: node id, run id, cluster id or none, newest format, address. A newer node may append fields; they are
 * skipped.
 */
final class IdentityCodec {

    /** A host name has at most 253 characters (RFC 1123). */
    private static final int HOST_BYTES_MAX = 253;

    private static final int FIXED_BYTES = 3 * Long.BYTES + 1 + 2 * Long.BYTES + 3 * Short.BYTES + 1;

    private IdentityCodec() {}

    /** @param formatMax see {@link PeerIdentity} */
    static byte[] encode(NodeIdentity identity, Optional<ClusterId> clusterId, MemberAddress address, int formatMax) {
        byte[] host = address.host().getBytes(StandardCharsets.US_ASCII);
        ClusterId cluster = clusterId.orElse(new ClusterId(0, 0));
        return ByteBuffer.allocate(FIXED_BYTES + host.length)
                .putLong(identity.nodeId().high())
                .putLong(identity.nodeId().low())
                .putLong(identity.runId())
                .put((byte) (clusterId.isPresent() ? 1 : 0))
                .putLong(cluster.high())
                .putLong(cluster.low())
                .putShort((short) formatMax)
                .putShort((short) address.port())
                .putShort((short) address.peerPort())
                .put((byte) host.length)
                .put(host)
                .array();
    }

    /** @return empty if the bytes are no identity */
    static Optional<PeerIdentity> decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            NodeId nodeId = new NodeId(in.getLong(), in.getLong());
            NodeIdentity identity = new NodeIdentity(nodeId, in.getLong());
            boolean clustered = in.get() != 0;
            ClusterId cluster = new ClusterId(in.getLong(), in.getLong());
            int formatMax = in.getShort() & 0xffff;
            int port = in.getShort() & 0xffff;
            int peerPort = in.getShort() & 0xffff;
            byte[] host = new byte[in.get() & 0xff];
            in.get(host);
            if (!isHost(host)) {
                return Optional.empty();
            }
            MemberAddress address = new MemberAddress(new String(host, StandardCharsets.US_ASCII), port, peerPort);
            return Optional.of(new PeerIdentity(
                    identity, clustered ? Optional.of(cluster) : Optional.empty(), address, formatMax));
        } catch (BufferUnderflowException tooShort) {
            return Optional.empty();
        }
    }

    /** Visible ASCII only: hosts end up in logs and terminals. */
    private static boolean isHost(byte[] bytes) {
        for (byte each : bytes) {
            if (each <= ' ' || each > '~') {
                return false;
            }
        }
        return bytes.length > 0 && bytes.length <= HOST_BYTES_MAX;
    }
}
