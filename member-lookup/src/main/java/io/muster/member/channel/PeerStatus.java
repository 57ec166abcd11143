package io.muster.member.channel;

import io.muster.member.MemberAddress;
import io.muster.member.NodeIdentity;
import io.muster.member.port.Lane;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The channel's side of one connected peer, at one moment.
 *
 * @param address how the peer names itself
 * @param connections open to it and from it
 * @param queuedBytes frames that wait to be sent, for every lane
 * @param framesDropped frames that were not sent since the peer connected, for every lane
 */
public record PeerStatus(
        NodeIdentity identity,
        MemberAddress address,
        int connections,
        Map<Lane, Long> queuedBytes,
        Map<Lane, Long> framesDropped) {

    public PeerStatus {
        queuedBytes = Collections.unmodifiableMap(new EnumMap<>(queuedBytes));
        framesDropped = Collections.unmodifiableMap(new EnumMap<>(framesDropped));
    }
}
