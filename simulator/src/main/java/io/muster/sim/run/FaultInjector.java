package io.muster.sim.run;

import io.muster.sim.DiskOperation;
import io.muster.sim.MemoryDisk;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.net.Cut;
import io.muster.sim.net.Link;
import io.muster.sim.net.LinkQuality;
import io.muster.sim.net.SimNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Carries out the faults of a plan: those fired by time when it has come, those fired by sensitive points when one is reached. What lasts is
 * undone when its time is over, or by {@link #heal}.
 */
final class FaultInjector {

    /** How to take back what a fault does; whatever was done for good is not taken back. */
    private interface Undo {
        void undo();
    }

    /** A fault that waits for its sensitive point. */
    private static final class Armed {
        private final Fault fault;
        private int missing;

        Armed(Fault fault) {
            this.fault = fault;
            this.missing = fault.nth();
        }
    }

    /** A fault that lasts. */
    private static final class Active {
        private Undo undo;

        Active(Undo undo) {
            this.undo = undo;
        }

        void end() {
            Undo once = undo;
            undo = () -> {};
            once.undo();
        }
    }

    private static final Undo NOTHING = () -> {};

    /** A place for a flipped bit is drawn so many times at most. */
    private static final int FLIP_TRIES = 10;

    private final SimCluster cluster;
    private final SimNetwork network;
    private final NodeProcesses processes;
    private final DiskPace diskPace;
    private final SubjectRun subject;
    private final List<Armed> armed = new ArrayList<>();
    private final List<Active> active = new ArrayList<>();
    private final SortedMap<String, Long> counts = new TreeMap<>();
    private boolean healed;

    /** Nodes with flipped bits on their disks. */
    private final Set<Integer> rotten = new TreeSet<>();

    FaultInjector(SimCluster cluster, NodeProcesses processes, DiskPace diskPace, SubjectRun subject) {
        this.cluster = cluster;
        this.network = cluster.network();
        this.processes = processes;
        this.diskPace = diskPace;
        this.subject = subject;
    }

    void plan(List<Fault> faults) {
        for (Fault fault : faults) {
            if (fault.isTriggered()) {
                armed.add(new Armed(fault));
            } else {
                cluster.clock().after(Duration.ofMillis(fault.atMillis()), () -> strike(fault, fault.nodes()));
            }
        }
    }

    /** A node is where it hurts. */
    void reached(String point, int node) {
        if (armed.isEmpty() || healed) {
            return;
        }
        long nowMillis = cluster.clock().monoNanos() / 1_000_000;
        for (Armed one : List.copyOf(armed)) {
            if (one.fault.trigger().equals(point) && one.fault.atMillis() <= nowMillis && --one.missing == 0) {
                armed.remove(one);
                List<Integer> nodes = one.fault.nodes().isEmpty() ? List.of(node) : one.fault.nodes();
                cluster.clock()
                        .after(Duration.ofNanos(one.fault.delayMicros() * 1_000), () -> strike(one.fault, nodes));
            }
        }
    }

    /** Ends all faults; none begins any more. */
    void heal() {
        healed = true;
        armed.clear();
        List<Active> ending = List.copyOf(active);
        active.clear();
        ending.forEach(Active::end);
    }

    /** How many faults of each kind were carried out. */
    SortedMap<String, Long> counts() {
        return counts;
    }

    private void strike(Fault fault, List<Integer> nodes) {
        if (healed || nodes.stream().anyMatch(node -> node >= cluster.size())) {
            return;
        }
        counts.merge(fault.kind().name(), 1L, Long::sum);
        cluster.clock().trace().add(fault.kind().name());
        cluster.clock().tell(() -> "fault " + fault + " hits " + nodes);
        Active begun = new Active(begin(fault, nodes));
        active.add(begun);
        cluster.clock().after(Duration.ofMillis(fault.forMillis()), () -> {
            active.remove(begun);
            begun.end();
        });
    }

    private Undo begin(Fault fault, List<Integer> nodes) {
        return switch (fault.kind()) {
            case CUT_ISOLATE -> untilHealed(Cut.isolate(network, nodes.get(0)));
            case CUT_HALVES -> untilHealed(Cut.halves(network, nodes));
            case CUT_ONE_WAY_IN -> untilHealed(Cut.oneWayIn(network, nodes.get(0)));
            case CUT_ONE_WAY_OUT -> untilHealed(Cut.oneWayOut(network, nodes.get(0)));
            case CUT_BRIDGE -> untilHealed(Cut.bridge(network, nodes));
            case CUT_RING -> untilHealed(Cut.majoritiesRing(network, nodes));
            case CUT_MATRIX -> untilHealed(Cut.matrix(network, fault.seed()));
            case CUT_LEADER_ONE -> leaderWithOne(nodes);
            case SWIZZLE -> swizzle(fault, nodes);
            case CLOG -> clog(pair(nodes));
            case HALF_OPEN -> halfOpen(nodes);
            case LINK_DROP -> worsen(nodes, LinkQuality.GOOD.withDrop(rate(fault)));
            case LINK_DUPLICATE -> worsen(nodes, LinkQuality.GOOD.withDuplicate(rate(fault)));
            case LINK_REORDER -> worsen(nodes, LinkQuality.GOOD.withReorder(rate(fault)));
            case LINK_REPLAY -> worsen(nodes, LinkQuality.GOOD.withReplay(rate(fault)));
            case LINK_TRUNCATE -> worsen(nodes, LinkQuality.GOOD.withDamage(rate(fault), 0));
            case LINK_FLIP -> worsen(nodes, LinkQuality.GOOD.withDamage(0, rate(fault)));
            case LINK_DELAY ->
                worsen(nodes, LinkQuality.GOOD.withDelay(Duration.ZERO, Duration.ofNanos(fault.amount() * 1_000)));
            case LINK_SLOW -> worsen(nodes, LinkQuality.GOOD.withSlow((int) fault.amount()));
            case LINK_QUEUE ->
                worsen(nodes, LinkQuality.GOOD.withQueue((int) fault.amount(), LinkQuality.GOOD.queueBytesMax()));
            case KILL -> down(nodes, SimMachine::kill);
            case POWER_LOSS -> down(nodes, this::losePower);
            case POWER_LOSS_ALL -> down(all(), this::losePower);
            case PAUSE -> pause(nodes);
            case SLOW_NODE -> slow(nodes, (int) fault.amount());
            case RESTART_STORM -> restartStorm(fault, nodes.get(0));
            case RESTART_OLD_CONFIG, RESTART_OTHER_VERSION -> reconfigure(fault, nodes);
            case WIPE -> down(nodes, FaultInjector::killAndWipe);
            case ADDRESS_SWAP -> swapAddresses(nodes);
            case CLOCK_RATE -> clockRate(nodes, fault.amount() / 1_000.0);
            case WALL_JUMP -> jumpWall(nodes, Duration.ofMillis(fault.amount()));
            case DISK_SLOW -> diskSlow(nodes, Duration.ofNanos(fault.amount() * 1_000));
            case DISK_STALL -> diskStall(nodes);
            case DISK_WRITE_ERROR -> failing(nodes, DiskOperation.Kind.WRITE);
            case DISK_SYNC_ERROR ->
                failing(nodes.stream().filter(node -> !rotten.contains(node)).toList(), DiskOperation.Kind.SYNC);
            case DISK_FULL -> diskFull(nodes, fault.amount());
            case DISK_UNREADABLE -> unreadable(nodes);
            case DISK_FLIP -> flip(nodes, new Random(fault.seed()));
            case DISK_MISDIRECT -> misdirect(nodes);
            case DISK_STALE -> stale(nodes);
        };
    }

    // Network

    private static Undo untilHealed(Cut cut) {
        return cut::heal;
    }

    private Undo leaderWithOne(List<Integer> nodes) {
        int leading = subject.leader().orElse(nodes.get(0));
        int follower =
                nodes.stream().filter(node -> node != leading).findFirst().orElse(leading);
        return untilHealed(Cut.leaderWithOne(network, leading, follower));
    }

    /** Clogs the nodes one by one in the first half of the time, and frees them in another order in the second. */
    private Undo swizzle(Fault fault, List<Integer> nodes) {
        List<Integer> freeing = new ArrayList<>(nodes);
        Collections.shuffle(freeing, new Random(fault.seed()));
        List<Active> clogs = new ArrayList<>();
        long stepMillis = fault.forMillis() / (2L * nodes.size() + 1);
        for (int i = 0; i < nodes.size(); i++) {
            Active clog = new Active(NOTHING);
            clogs.add(clog);
            List<Link> links = linksOf(nodes.get(i));
            int freedAs = freeing.indexOf(nodes.get(i));
            cluster.clock().after(Duration.ofMillis(stepMillis * i), () -> {
                if (!healed) {
                    clog.undo = clog(links);
                }
            });
            cluster.clock().after(Duration.ofMillis(stepMillis * (nodes.size() + 1 + freedAs)), clog::end);
        }
        return () -> clogs.forEach(Active::end);
    }

    private static Undo clog(List<Link> links) {
        links.forEach(Link::clog);
        return () -> links.stream().filter(Link::isClogged).forEach(Link::unclog);
    }

    private Undo halfOpen(List<Integer> nodes) {
        network.halfOpen(nodes.get(0), nodes.get(1));
        return NOTHING;
    }

    private Undo worsen(List<Integer> nodes, LinkQuality by) {
        List<Link> links = nodes.isEmpty() ? network.links() : pair(nodes);
        links.forEach(link -> link.worsen(by));
        return () -> links.forEach(link -> link.relieve(by));
    }

    private List<Link> pair(List<Integer> nodes) {
        return nodes.size() < 2 ? List.of() : List.of(network.link(nodes.get(0), nodes.get(1)));
    }

    private List<Link> linksOf(int node) {
        return network.links().stream()
                .filter(link -> link.from() == node || link.to() == node)
                .toList();
    }

    private static double rate(Fault fault) {
        return fault.amount() / 1_000.0;
    }

    // Processes and clocks

    private Undo down(List<Integer> nodes, NodeProcesses.Ending ending) {
        nodes.forEach(node -> processes.end(node, ending));
        return () -> nodes.forEach(processes::release);
    }

    /** Rot is noticed by what a loss of power may take away. */
    private void losePower(SimMachine machine) {
        if (rotten.contains(machine.index())) {
            machine.kill();
        } else {
            machine.losePower();
        }
    }

    private static void killAndWipe(SimMachine machine) {
        machine.kill();
        machine.wipe();
    }

    private Undo pause(List<Integer> nodes) {
        nodes.forEach(processes::pause);
        return () -> nodes.forEach(processes::resume);
    }

    private Undo slow(List<Integer> nodes, int factor) {
        nodes.forEach(node -> cluster.machine(node).slow(factor));
        return () -> nodes.forEach(node -> cluster.machine(node).slow(0));
    }

    private Undo restartStorm(Fault fault, int node) {
        long stepMillis = fault.forMillis() / (fault.amount() + 1);
        for (long i = 0; i <= fault.amount(); i++) {
            cluster.clock().after(Duration.ofMillis(stepMillis * i), () -> {
                if (!healed) {
                    processes.end(node, SimMachine::kill);
                    processes.release(node);
                }
            });
        }
        return NOTHING;
    }

    private Undo reconfigure(Fault fault, List<Integer> nodes) {
        nodes.forEach(node -> {
            processes.end(node, SimMachine::kill);
            processes.reconfigure(node, fault.kind(), fault.amount());
        });
        return () -> nodes.forEach(processes::release);
    }

    private Undo swapAddresses(List<Integer> nodes) {
        SimMachine one = cluster.machine(nodes.get(0));
        SimMachine other = cluster.machine(nodes.get(1));
        nodes.forEach(node -> processes.end(node, SimMachine::kill));
        var address = one.address();
        one.address(other.address());
        other.address(address);
        network.bind(one.address(), one.index());
        network.bind(other.address(), other.index());
        return () -> nodes.forEach(processes::release);
    }

    private Undo clockRate(List<Integer> nodes, double rate) {
        nodes.forEach(node -> cluster.machine(node).clockRate(rate));
        return () -> nodes.forEach(node -> cluster.machine(node).clockRate(1));
    }

    private Undo jumpWall(List<Integer> nodes, Duration by) {
        nodes.forEach(node -> cluster.machine(node).jumpWall(by));
        return NOTHING;
    }

    // Disks

    private Undo diskSlow(List<Integer> nodes, Duration each) {
        nodes.forEach(node -> disk(node).latency(each));
        return () -> nodes.forEach(node -> diskPace.applyTo(cluster.machine(node)));
    }

    private Undo diskStall(List<Integer> nodes) {
        nodes.forEach(node -> disk(node).stall());
        return () -> nodes.forEach(node -> disk(node).unstall());
    }

    private Undo failing(List<Integer> nodes, DiskOperation.Kind kind) {
        nodes.forEach(node -> disk(node).fail(kind, file -> true));
        return () -> nodes.forEach(node -> disk(node).succeed(kind));
    }

    private Undo diskFull(List<Integer> nodes, long bytesLeft) {
        nodes.forEach(node -> disk(node).quota(disk(node).totalBytes() + bytesLeft));
        return () -> nodes.forEach(node -> disk(node).quota(Long.MAX_VALUE));
    }

    private Undo unreadable(List<Integer> nodes) {
        Undo readable = failing(nodes, DiskOperation.Kind.READ);
        nodes.forEach(node -> {
            processes.end(node, SimMachine::kill);
            processes.release(node);
        });
        return readable;
    }

    private Undo flip(List<Integer> nodes, Random coins) {
        for (int node : nodes) {
            MemoryDisk disk = disk(node);
            List<String> files = disk.files().stream()
                    .filter(file -> disk.bytes(file).length > 0)
                    .toList();
            if (!files.isEmpty()) {
                flip(node, files, coins);
            }
        }
        return NOTHING;
    }

    private void flip(int node, List<String> files, Random coins) {
        for (int tries = 0; tries < FLIP_TRIES; tries++) {
            String file = files.get(coins.nextInt(files.size()));
            int offset = coins.nextInt(disk(node).bytes(file).length);
            int bit = coins.nextInt(8);
            if (subject.noticesRot(node, file, offset)) {
                rotten.add(node);
                disk(node).flipBit(file, offset, bit);
                cluster.clock().tell(() -> "bit " + bit + " at " + offset + " of " + file + " flips");
                return;
            }
        }
    }

    private Undo misdirect(List<Integer> nodes) {
        nodes.forEach(node -> disk(node).misdirectNextWrite(file -> true));
        return NOTHING;
    }

    private Undo stale(List<Integer> nodes) {
        nodes.forEach(node -> disk(node).readStale(file -> true));
        return () -> nodes.forEach(node -> {
            processes.end(node, SimMachine::kill);
            processes.release(node);
        });
    }

    private MemoryDisk disk(int node) {
        return cluster.machine(node).disk();
    }

    private List<Integer> all() {
        return cluster.machines().stream().map(SimMachine::index).toList();
    }
}
