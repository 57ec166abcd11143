package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.member.port.Disk;
import io.muster.member.port.Net;
import io.muster.raft.core.Machine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.Rules;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimProcess;
import java.util.List;

/** A deliberate bug, at one of the seams around the core and the driver ({@code spec/simulation.md} §10). */
interface PlantedBug {

    /** The engine as it is. */
    PlantedBug NONE = new PlantedBug() {};

    /** What the core asks where safety hangs on the answer. */
    default Rules rules() {
        return new Rules();
    }

    /** Between driver and core. */
    default Machine around(RaftCore core, SimProcess process) {
        return core;
    }

    /** Between storage and disk. */
    default Disk around(Disk disk, SimProcess process) {
        return disk;
    }

    /**
     * Between driver and network.
     *
     * @param firstIds who the machines were at the beginning, in order
     */
    default Net around(Net net, SimCluster cluster, List<NodeId> firstIds, SimProcess process) {
        return net;
    }
}
