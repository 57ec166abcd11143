package io.muster.member;

import java.util.Optional;

/**
 * What a peer says of itself when a connection opens, after the proof of the secret.
 *
 * @param identity its node and the run of its process
 * @param clusterId empty until its cluster is founded
 * @param address how its own configuration names it
 * @param formatMax the newest format of what members store and send one another that it reads (R32); the format of the frames themselves is another
 *     number
 */
public record PeerIdentity(
        NodeIdentity identity, Optional<ClusterId> clusterId, MemberAddress address, int formatMax) {}
