package io.muster.sim;

import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.port.Disk;
import io.muster.member.port.Members;
import io.muster.member.port.Ports;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One simulated machine: its disk outlives the processes that {@link #start} on it one after another, each with ports of its own.
 *
 * <p>Chance is drawn below {@code seed → node name}, for each incarnation apart, so that a restarted process draws anew.
 */
public final class SimNode {

    private final VirtualTime clock;
    private final String name;
    private final SeededRng seeds;
    private final NodeId nodeId;
    private final MemoryDisk disk;
    private int incarnation;
    private @Nullable NodeTime time;
    private @Nullable LoopbackNet net;

    public SimNode(VirtualTime clock, SeededRng seeds, String name) {
        this.clock = clock;
        this.name = name;
        this.seeds = seeds.child(name);
        this.nodeId = NodeId.draw(this.seeds.stream("node-id"));
        this.disk = new MemoryDisk(this.seeds.stream("disk"));
    }

    /** Starts the next incarnation as a node alone; one that still runs is crashed first. */
    public Ports start() {
        return start(FixedMembers.standalone(nodeId));
    }

    /** Starts the next incarnation; one that still runs is crashed first. */
    public Ports start(Members members) {
        crash();
        incarnation++;
        NodeTime startedTime = clock.node(name + "#" + incarnation);
        LoopbackNet startedNet = new LoopbackNet(startedTime);
        time = startedTime;
        net = startedNet;
        Disk startedDisk = disk.open(startedTime);
        return new Ports(startedTime, seedsOfIncarnation(), startedNet, startedDisk, members);
    }

    /** Kills the process (kill -9): volatile state is gone, what was written stays; idempotent. */
    public void crash() {
        stopTime();
        disk.kill();
    }

    /** Cuts the machine's power: what was not synced is kept, lost or torn by coin. */
    public void losePower() {
        stopTime();
        disk.powerLoss();
    }

    /** The same through all incarnations. */
    public NodeId nodeId() {
        return nodeId;
    }

    /** The node id with the run id of the current incarnation. */
    public NodeIdentity identity() {
        RandomGenerator runIds = seedsOfIncarnation().stream("run-id");
        return new NodeIdentity(nodeId, runIds.nextLong());
    }

    public MemoryDisk disk() {
        return disk;
    }

    /** The network of the running incarnation. */
    public LoopbackNet net() {
        if (net == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return net;
    }

    /** How many times the node was started. */
    public int incarnation() {
        return incarnation;
    }

    private SeededRng seedsOfIncarnation() {
        return seeds.child("incarnation-" + incarnation);
    }

    private void stopTime() {
        if (time != null) {
            time.kill();
        }
    }
}
