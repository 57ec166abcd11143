package io.muster.member.channel;

import io.muster.member.MemberAddress;
import io.muster.member.NodeIdentity;
import java.util.Optional;

/**
 * What one node's peer channel is told by configuration.
 *
 * @param listenHost name or address to listen on
 * @param listenPort 0 lets the machine choose
 * @param identity of this process
 * @param address how this node's own configuration names it; told to peers
 * @param formatMax the newest format that this node announces (R32)
 * @param secret the cluster secret; empty where every local process is trusted, which the caller must have allowed (loopback only)
 */
public record ChannelConfig(
        String listenHost,
        int listenPort,
        NodeIdentity identity,
        MemberAddress address,
        int formatMax,
        Optional<String> secret,
        ChannelLimits limits) {

    /** Without the secret. */
    @Override
    public String toString() {
        return "ChannelConfig[" + listenHost + ":" + listenPort + ", " + identity + ", " + address + ", format "
                + formatMax + ", " + (secret.isPresent() ? "with a secret" : "without a secret") + ", " + limits + "]";
    }
}
