package io.muster.raft.simulation;

import io.muster.consistency.FormatInForce;
import io.muster.member.NodeId;
import io.muster.raft.core.membership.Configuration;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds R32 over all versions that run: no configuration names a format before every member of it has announced that format, so that no node meets what it can't
 * read unless it was set back after it had announced more.
 */
final class FormatWatch {

    static final String INVARIANT = "FormatAnnounced";

    private final SimCluster cluster;
    private final FirstViolation violations;

    /** The newest format that any process of a node has announced. */
    private final Map<NodeId, Integer> announced = new HashMap<>();

    FormatWatch(SimCluster cluster, FirstViolation violations) {
        this.cluster = cluster;
        this.violations = violations;
    }

    /** A process begins, as the version that its machine has now. */
    void starts(int index) {
        SimMachine machine = cluster.machine(index);
        announced.merge(machine.nodeId(), machine.formatMax(), Math::max);
    }

    private int announced(NodeId node) {
        return announced.getOrDefault(node, 0);
    }

    /**
     * A leader or founder writes the configuration to its log. An operator may have a node taken in that has never run: it learns nothing, and so never votes,
     * unless it turns out to read what is in force.
     */
    void proposes(NodeShadow leader, Configuration next) {
        List<NodeId> silent = next.members().stream()
                .filter(member -> announced(member) < next.format())
                .filter(member -> announced(member) > 0 || !next.learners().contains(member))
                .toList();
        violations.require(
                next.format() == FormatInForce.FIRST || silent.isEmpty(),
                INVARIANT,
                leader.machine,
                () -> leader.id + " proposes " + next + ", and " + silent + " have not announced that format");
    }

    /** A node has met what it can't read: on its disk, or in what it was sent. From now on its operator runs the newer version. */
    void refuses(NodeId node, int index) {
        SimMachine machine = cluster.machine(index);
        violations.require(
                announced(node) > machine.formatMax(),
                INVARIANT,
                index,
                () -> node + " has never announced more than " + announced(node) + ", and meets a later format");
        machine.formatMax(FormatInForce.NEWEST);
    }
}
