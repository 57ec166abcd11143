package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.member.port.Disk;
import io.muster.member.port.Members;
import io.muster.member.port.Net;
import io.muster.raft.StateMachine;
import io.muster.raft.core.Machine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.Rules;
import io.muster.raft.datum.DatumCommand;
import io.muster.raft.datum.DatumResult;
import io.muster.raft.storage.Checksum;
import io.muster.sim.cluster.OracleMembers;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimProcess;
import java.util.List;
import java.util.Set;

/** A deliberate bug, at one of the seams around the core and the driver ({@code spec/simulation.md} §10). */
interface PlantedBug {

    /** The engine as it is. */
    PlantedBug NONE = new PlantedBug() {};

    /** The invariants of which any is to notice it; empty where nothing is planted, and all of them count. */
    default Set<String> expected() {
        return Set.of();
    }

    /** Whether memory lies on one node: its state goes wrong, now and then. */
    default boolean stateRots() {
        return false;
    }

    /** Of all that is stored. */
    default Checksum checksum() {
        return Checksum.CRC32C;
    }

    /** Between driver and state. */
    default StateMachine<DatumCommand<String>, DatumResult<String>> around(
            StateMachine<DatumCommand<String>, DatumResult<String>> state) {
        return state;
    }

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

    /** Whom a process takes for members, and for whom it wishes. */
    default Members members(SimCluster cluster, SimProcess process) {
        return new WishingMembers(OracleMembers.of(cluster, process));
    }
}
