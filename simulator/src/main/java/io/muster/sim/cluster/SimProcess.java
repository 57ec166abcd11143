package io.muster.sim.cluster;

import io.muster.member.MemberAddress;
import io.muster.member.NodeIdentity;
import io.muster.member.port.Disk;
import io.muster.member.port.Lane;
import io.muster.member.port.Members;
import io.muster.member.port.Net;
import io.muster.member.port.PeerLinks;
import io.muster.member.port.Ports;
import io.muster.sim.NodeTime;
import io.muster.sim.SeededRng;
import io.muster.sim.net.Endpoint;

/**
 * One process of a machine, from start to death: all that a driver may know of the outside.
 *
 * @param index number of the machine
 * @param address how its own configuration names it
 * @param identity the machine's node id with a run id drawn for this process
 */
public record SimProcess(
        int index,
        MemberAddress address,
        NodeIdentity identity,
        NodeTime time,
        SeededRng rng,
        Disk disk,
        Endpoint endpoint) {

    public Net net(Lane lane) {
        return endpoint.net(lane);
    }

    public PeerLinks links() {
        return endpoint;
    }

    /** The five ports of an engine whose frames travel on this lane. */
    public Ports ports(Lane lane, Members members) {
        return new Ports(time, rng, net(lane), disk, members);
    }
}
