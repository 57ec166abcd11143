package io.muster.sim.cluster;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import io.muster.sim.MemoryDisk;
import io.muster.sim.NodeTime;
import io.muster.sim.SeededRng;
import io.muster.sim.VirtualTime;
import io.muster.sim.net.Endpoint;
import io.muster.sim.net.SimNetwork;
import java.time.Duration;
import java.util.Optional;

/**
 * One machine of a cluster. Its disk, its clock and its node id outlive the processes that run on it one after another.
 *
 * <p>Chance is drawn below {@code seed → machine name → incarnation}, so that a restarted process draws anew, and machines do not disturb one
 * another.
 */
public final class SimMachine {

    /** The newest format that a simulated process says it reads, unless its machine is told otherwise. */
    private static final int FORMAT_MAX = 1;

    private final VirtualTime clock;
    private final SimNetwork network;
    private final SeededRng seeds;
    private final int index;
    private final String name;
    private MemberAddress address;
    private MemoryDisk disk;
    private NodeId nodeId;
    private Optional<ClusterId> clusterId = Optional.empty();
    private int formatMax = FORMAT_MAX;
    private Optional<SimProcess> process = Optional.empty();
    private int incarnation;
    private int wipes;
    private int renewals;
    private Duration wallSkew = Duration.ZERO;
    private double clockRate = 1;
    private int slowFactor;

    SimMachine(VirtualTime clock, SimNetwork network, SeededRng seeds, String name, MemberAddress address) {
        this.clock = clock;
        this.network = network;
        this.seeds = seeds.child(name);
        this.name = name;
        this.address = address;
        this.index = network.addHost(name);
        this.disk = newDisk();
        this.nodeId = drawNodeId();
    }

    // The process

    /** Starts a process; one that still runs is killed first. */
    public SimProcess start() {
        kill();
        incarnation++;
        SeededRng processSeeds = seeds.child("incarnation-" + incarnation);
        NodeTime time = clock.node(name + "#" + incarnation, index);
        time.jumpWall(wallSkew);
        time.rate(clockRate);
        time.slow(slowFactor);
        NodeIdentity identity =
                new NodeIdentity(nodeId, processSeeds.stream("run-id").nextLong());
        Endpoint endpoint = network.attach(index, time, processSeeds, () -> peerIdentity(identity));
        SimProcess started = new SimProcess(index, address, identity, time, processSeeds, disk.open(time), endpoint);
        process = Optional.of(started);
        clock.tell(() -> name + " starts its process " + incarnation);
        return started;
    }

    /** Kills the process (kill -9): volatile state is gone, what was written stays, peers hear of it at once; idempotent. */
    public void kill() {
        end(true);
        disk.kill();
    }

    /** Cuts the machine's power: what was not synced is kept, lost or torn by coin; peers notice by keep-alive. */
    public void losePower() {
        end(false);
        disk.powerLoss();
    }

    /** Stops the process (SIGSTOP): what falls due meanwhile runs late, after {@link #resume}. */
    public void pause() {
        process.ifPresent(running -> running.time().pause());
    }

    public void resume() {
        process.ifPresent(running -> running.time().resume());
    }

    /** Makes each turn of its processes so many times as long as an ordinary one (20 µs); 0 ends it. */
    public void slow(int factor) {
        slowFactor = factor;
        process.ifPresent(running -> running.time().slow(factor));
    }

    /** Empties the data directory of a machine whose process does not run: what starts there next is a new node. */
    public void wipe() {
        if (process.isPresent()) {
            throw new IllegalStateException(name + " runs");
        }
        wipes++;
        disk = newDisk();
        nodeId = drawNodeId();
        clusterId = Optional.empty();
    }

    /** Lets what starts next on this data directory be a new node: its program has given the old one up. The process must not run. */
    public void renewNodeId() {
        if (process.isPresent()) {
            throw new IllegalStateException(name + " runs");
        }
        renewals++;
        nodeId = NodeId.draw(seeds.child("node-" + wipes + "-" + renewals).stream("node-id"));
    }

    // Clocks

    /** Moves the wall clock of this machine alone, either way. */
    public void jumpWall(Duration by) {
        wallSkew = wallSkew.plus(by);
        process.ifPresent(running -> running.time().jumpWall(by));
    }

    /** Lets the clocks of this machine run at this multiple of virtual time. */
    public void clockRate(double rate) {
        clockRate = rate;
        process.ifPresent(running -> running.time().rate(rate));
    }

    // Identity

    /** Whom peers are told at the next handshake that this node belongs to. */
    public void clusterId(ClusterId newClusterId) {
        clusterId = Optional.of(newClusterId);
    }

    /** The newest format that the processes read, and that peers are told from the next handshake on, for runs with mixed versions. */
    public void formatMax(int newest) {
        formatMax = newest;
    }

    /** The newest format that the processes read. */
    public int formatMax() {
        return formatMax;
    }

    /** Renames the machine in its own configuration from the next start on; who reaches it there is the network's matter. */
    public void address(MemberAddress newAddress) {
        address = newAddress;
    }

    public MemberAddress address() {
        return address;
    }

    /** Who the machine is until its data directory is emptied, or the node given up. */
    public NodeId nodeId() {
        return nodeId;
    }

    public int index() {
        return index;
    }

    public String name() {
        return name;
    }

    public MemoryDisk disk() {
        return disk;
    }

    /** The process that runs, paused or not. */
    public Optional<SimProcess> process() {
        return process;
    }

    public boolean running() {
        return process.isPresent();
    }

    /** Whether its process runs and is not paused. */
    public boolean awake() {
        return process.isPresent() && !process.get().time().paused();
    }

    /** How many processes were started. */
    public int incarnation() {
        return incarnation;
    }

    /** How often the data directory was emptied. */
    public int wipes() {
        return wipes;
    }

    private void end(boolean resets) {
        process.ifPresent(running -> {
            clock.tell(() -> name + (resets ? " is killed" : " loses power"));
            Duration drift = Duration.ofMillis(running.time().wallMillis() - clock.wallMillis());
            wallSkew = drift;
            running.time().kill();
            network.detach(index, resets);
            process = Optional.empty();
        });
    }

    private PeerIdentity peerIdentity(NodeIdentity identity) {
        return new PeerIdentity(identity, clusterId, address, formatMax);
    }

    private MemoryDisk newDisk() {
        return new MemoryDisk(seeds.child("data-" + wipes).stream("disk"));
    }

    private NodeId drawNodeId() {
        return NodeId.draw(seeds.child("data-" + wipes).stream("node-id"));
    }

    @Override
    public String toString() {
        return name;
    }
}
