package io.muster.member.health.core;

import io.muster.member.MemberAddress;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;

/**
 * Who is at an address.
 *
 * @param formatMax as it has announced to this node; 0 where only others told of it
 * @param ownAddress how its own configuration names it; where only others told of it, the address at which they reach it
 */
record Occupant(NodeIdentity identity, MemberAddress ownAddress, int formatMax) {

    static Occupant of(PeerIdentity peer) {
        return new Occupant(peer.identity(), peer.address(), peer.formatMax());
    }
}
