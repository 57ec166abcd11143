package io.muster.sim.cluster;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.sim.SeededRng;
import io.muster.sim.VirtualTime;
import io.muster.sim.net.SimNetwork;
import io.muster.sim.net.SimNetwork.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Machines {@code n1, n2, …} on one network and one clock, all of it a function of the seed. Nothing runs until a machine is started.
 *
 * <pre>{@code
 * SimCluster cluster = new SimCluster(seed, 3, Routing.BY_NODE_ID);
 * SimProcess process = cluster.machine(0).start();
 * new Driver(process.ports(Lane.RAFT, OracleMembers.of(cluster, process))).start();
 * cluster.network().isolate(0);
 * cluster.clock().advance(Duration.ofSeconds(5));
 * }</pre>
 */
public final class SimCluster {

    private static final int CLIENT_PORT = 8848;

    private final VirtualTime clock;
    private final SeededRng seeds;
    private final SimNetwork network;
    private final List<SimMachine> machines = new ArrayList<>();

    public SimCluster(long seed, int machines, Routing routing) {
        this(VirtualTime.shuffling(VirtualTime.START_WALL_MILLIS, seed), new SeededRng(seed), machines, routing);
    }

    public SimCluster(VirtualTime clock, SeededRng seeds, int machines, Routing routing) {
        this.clock = clock;
        this.seeds = seeds;
        this.network = new SimNetwork(clock, seeds.child("net"), routing);
        for (int i = 0; i < machines; i++) {
            addMachine();
        }
    }

    /** Adds the next machine, reachable at its address. */
    public SimMachine addMachine() {
        String name = "n" + (machines.size() + 1);
        MemberAddress address = new MemberAddress(name, CLIENT_PORT, CLIENT_PORT + MemberAddress.PEER_PORT_OFFSET);
        SimMachine machine = new SimMachine(clock, network, seeds.child("machines"), name, address);
        network.bind(address, machine.index());
        machines.add(machine);
        return machine;
    }

    public VirtualTime clock() {
        return clock;
    }

    /** Children by name, e.g. for a workload. */
    public SeededRng seeds() {
        return seeds;
    }

    public SimNetwork network() {
        return network;
    }

    /** @param index 0 for {@code n1} */
    public SimMachine machine(int index) {
        return machines.get(index);
    }

    public List<SimMachine> machines() {
        return List.copyOf(machines);
    }

    public int size() {
        return machines.size();
    }

    /** How the machines name themselves, in order. */
    public List<MemberAddress> addresses() {
        return machines.stream().map(SimMachine::address).toList();
    }

    /** The machine that is this node now. */
    public Optional<SimMachine> find(NodeId nodeId) {
        return machines.stream()
                .filter(machine -> machine.nodeId().equals(nodeId))
                .findFirst();
    }
}
