package io.muster.sim.example;

import io.muster.member.NodeId;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.Lack;
import io.muster.sim.run.Operation;
import io.muster.sim.run.Phase;
import io.muster.sim.run.SimRun;
import io.muster.sim.run.SubjectRun;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * One run of the register: its clients, and what must hold.
 *
 * <ul>
 *   <li>{@code AckIsDurable}: when a write is done, a majority has it, or a newer one, on disk so that no loss of power takes it away.
 *   <li>{@code Atomic}: an operation sees all that was done before it began; writes come after that.
 *   <li>{@code Integrity}: what is read was written, under that stamp.
 *   <li>{@code StampMonotone}: no replica goes back within a life; {@code RecoveryFaithful}: nor over a restart, behind what it promised.
 *   <li>{@code Progress}: a healthy majority gets operations done, and in the end everybody does.
 * </ul>
 */
final class RegisterRun implements SubjectRun {

    static final String WRITE = "write";
    static final String READ = "read";

    private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(3);

    private final SimRun run;
    private final PlantedBug bug;
    private final List<NodeId> members;
    private final Map<Integer, RegisterNode> nodes = new TreeMap<>();

    /** By node and key: the newest stamp that it promised to keep, over all its lives. */
    private final Map<List<Integer>, Stamp> promised = new HashMap<>();

    /** By node and key: what it held when it was last looked at, in this life. */
    private final Map<List<Integer>, Stamp> seen = new HashMap<>();

    /** By key: the newest stamp of an operation that is done. */
    private final Map<Integer, Stamp> done = new TreeMap<>();

    /** By key: what was written under each stamp. */
    private final Map<Integer, Map<Stamp, Long>> issued = new TreeMap<>();

    /** Nodes at which a probe of the present phase is not done yet. */
    private final SortedSet<Integer> awaited = new TreeSet<>();

    private long nextValue = 1;

    RegisterRun(SimRun run, PlantedBug bug) {
        this.run = run;
        this.bug = bug;
        this.members = run.cluster().machines().stream().map(SimMachine::nodeId).toList();
    }

    @Override
    public void start(SimProcess process) {
        int index = process.index();
        RegisterNode node = new RegisterNode(process, members, bug, new NodeWatcher(index));
        nodes.put(index, node);
        node.start();
    }

    @Override
    public void stopped(int node) {
        nodes.remove(node);
        seen.keySet().removeIf(nodeAndKey -> nodeAndKey.get(0) == node);
    }

    @Override
    public void perform(Operation operation) {
        int key = Integer.parseInt(operation.key().substring(1));
        int node = (int) operation.argument() % run.cluster().size();
        if (operation.kind().equals(WRITE)) {
            write(node, key, () -> {});
        } else {
            read(node, key, value -> {});
        }
    }

    @Override
    public void check(int node) {
        RegisterNode replica = nodes.get(node);
        if (replica != null) {
            replica.registers().forEach((key, stored) -> {
                Stamp before = seen.put(List.of(node, key), stored.stamp());
                run.require(
                        before == null || before.compareTo(stored.stamp()) <= 0,
                        "StampMonotone",
                        node,
                        () -> "register " + key + " went from " + before + " to " + stored.stamp());
            });
        }
    }

    @Override
    public void begin(Phase phase, List<Integer> healthy) {
        awaited.clear();
        if (phase == Phase.CORE) {
            healthy.forEach(node -> probe(Phase.CORE, node));
        } else if (phase == Phase.DRAIN) {
            healthy.stream().filter(this::intact).forEach(node -> probe(Phase.DRAIN, node));
        }
    }

    @Override
    public Optional<Lack> lacking(Phase phase) {
        if (phase == Phase.HEAL) {
            return run.cluster().machines().stream()
                    .map(SimMachine::index)
                    .filter(node -> intact(node) && !idle(node))
                    .findFirst()
                    .map(node -> new Lack("Progress", "node " + node + " is not through with its operations"));
        }
        return awaited.isEmpty()
                ? Optional.empty()
                : Optional.of(new Lack("Progress", "operations are not done at " + awaited));
    }

    private boolean intact(int node) {
        return !run.plan().damaged().contains(node);
    }

    private boolean idle(int node) {
        RegisterNode replica = nodes.get(node);
        return replica != null && replica.serving() && replica.idle();
    }

    @Override
    public void finish() {
        members.forEach(member -> run.cluster().find(member).ifPresent(machine -> check(machine.index())));
    }

    /** A write in the core, a read when all else is done; tried again until done. */
    private void probe(Phase phase, int node) {
        awaited.add(node);
        attempt(phase, node);
    }

    private void attempt(Phase phase, int node) {
        if (run.phase() != phase || !awaited.contains(node)) {
            return;
        }
        if (phase == Phase.CORE) {
            write(node, node % RegisterSubject.KEYS, () -> awaited.remove(node));
        } else {
            read(node, node % RegisterSubject.KEYS, value -> awaited.remove(node));
        }
        // A node that sends each message only once is not helped by a client that asks again.
        boolean triesAgain = bug != PlantedBug.SENDS_ONCE_ONLY
                || !nodes.containsKey(node)
                || !nodes.get(node).serving();
        if (triesAgain) {
            run.cluster().clock().after(TRY_AGAIN_AFTER, () -> attempt(phase, node));
        }
    }

    private void write(int node, int key, Runnable whenDone) {
        RegisterNode coordinator = nodes.get(node);
        if (coordinator == null) {
            return;
        }
        Stamp floor = done.getOrDefault(key, Stamp.NONE);
        coordinator.write(key, nextValue++, stored -> {
            requireDurable(node, key, stored.stamp());
            run.require(
                    stored.stamp().compareTo(floor) > 0,
                    "Atomic",
                    node,
                    () -> "a write of register " + key + " got " + stored.stamp() + ", and " + floor
                            + " was done before it");
            complete(key, stored);
            whenDone.run();
        });
    }

    private void read(int node, int key, LongConsumer whenDone) {
        RegisterNode coordinator = nodes.get(node);
        if (coordinator == null) {
            return;
        }
        Stamp floor = done.getOrDefault(key, Stamp.NONE);
        coordinator.read(key, stored -> {
            run.require(
                    stored.stamp().compareTo(floor) >= 0,
                    "Atomic",
                    node,
                    () -> "a read of register " + key + " saw " + stored.stamp() + ", and " + floor
                            + " was done before it");
            complete(key, stored);
            whenDone.accept(stored.value());
        });
    }

    private void complete(int key, Stored stored) {
        Long value = stored.stamp().equals(Stamp.NONE)
                ? Long.valueOf(0)
                : issuedFor(key).get(stored.stamp());
        run.require(
                value != null && value == stored.value(),
                "Integrity",
                InvariantViolation.NO_NODE,
                () -> "register " + key + " gave " + stored + ", and written was " + value);
        done.merge(key, stored.stamp(), (one, other) -> one.compareTo(other) >= 0 ? one : other);
    }

    private Map<Stamp, Long> issuedFor(int key) {
        return issued.computeIfAbsent(key, first -> new HashMap<>());
    }

    private void requireDurable(int node, int key, Stamp stamp) {
        List<Integer> holders = run.cluster().machines().stream()
                .filter(machine -> keeps(machine, key).compareTo(stamp) >= 0)
                .map(SimMachine::index)
                .toList();
        run.require(
                holders.size() > members.size() / 2,
                "AckIsDurable",
                node,
                () -> "register " + key + " was acknowledged with " + stamp + ", durable at " + holders + " alone");
    }

    /** The newest stamp that the machine is sure to come back with; one whose data the plan damages has kept its promise all the same. */
    private Stamp keeps(SimMachine machine, int key) {
        if (!intact(machine.index())) {
            return promised.getOrDefault(List.of(machine.index(), key), Stamp.NONE);
        }
        return machine.disk()
                .durableBytes(RegisterFile.NAME)
                .flatMap(bytes -> RegisterFile.decode(bytes, true))
                .map(registers -> registers.getOrDefault(key, Stored.NOTHING).stamp())
                .orElse(Stamp.NONE);
    }

    /** Notes what one node tells. */
    private final class NodeWatcher implements RegisterNode.Watcher {

        private final int node;

        NodeWatcher(int node) {
            this.node = node;
        }

        @Override
        public void mark(String name) {
            run.mark(name);
        }

        @Override
        public void sensitive(String point) {
            run.sensitive(point, node);
        }

        @Override
        public void issued(int key, Stored stored) {
            Long before = issuedFor(key).put(stored.stamp(), stored.value());
            run.require(before == null, "StampUnique", node, () -> stored.stamp() + " was issued twice");
        }

        @Override
        public void promised(int key, Stamp stamp) {
            promised.merge(List.of(node, key), stamp, (one, other) -> one.compareTo(other) >= 0 ? one : other);
        }

        @Override
        public void recovered(Map<Integer, Stored> registers) {
            promised.forEach((nodeAndKey, owed) -> {
                Stamp kept = registers
                        .getOrDefault(nodeAndKey.get(1), Stored.NOTHING)
                        .stamp();
                run.require(
                        nodeAndKey.get(0) != node || kept.compareTo(owed) >= 0,
                        "RecoveryFaithful",
                        node,
                        () -> nodeAndKey + " came back with " + kept + ", promised was " + owed);
            });
            if (!registers.isEmpty()) {
                run.mark("recovered");
            }
        }

        @Override
        public void exit(String reason) {
            run.mark("exit on disk failure");
            run.exit(node, reason);
        }
    }
}
