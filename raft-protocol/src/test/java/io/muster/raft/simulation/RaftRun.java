package io.muster.raft.simulation;

import io.muster.consistency.FormatInForce;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.storage.SyncedEnd;
import io.muster.sim.cluster.OracleMembers;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.run.FaultKind;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.Lack;
import io.muster.sim.run.Operation;
import io.muster.sim.run.Phase;
import io.muster.sim.run.SimRun;
import io.muster.sim.run.SubjectRun;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One run of a cluster: its nodes, its clients and operators, and what it must come to when faults end (IL1, IL5). */
final class RaftRun implements SubjectRun {

    private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(1);

    /** A segment's header and marks end here. */
    private static final int RECORDS_OFFSET = 4096;

    private record Place(ClusterId cluster, long index) {}

    private final SimRun run;
    private final PlantedBug bug;
    private final List<NodeId> firstIds;
    private final FirstViolation violations;
    private final GroupObserver observer;
    private final Registers registers;
    private final Operators operators;
    private final TreeMap<Integer, SimulatedNode> nodes = new TreeMap<>();
    private final Map<Place, String> digests = new HashMap<>();
    private final Map<String, Long> digestedAt = new HashMap<>();

    /** Nodes through which a write of the present phase is not done yet. */
    private final TreeSet<Integer> awaited = new TreeSet<>();

    /** Nodes that set their data aside, and have not got it back yet. */
    private final Set<Integer> renewed = new TreeSet<>();

    /** Nodes that refuse to start, since theirs is the only copy of what was decided, and damaged: why. */
    private final TreeMap<Integer, String> halted = new TreeMap<>();

    private List<Integer> healthy = List.of();

    RaftRun(SimRun run, PlantedBug bug) {
        this.run = run;
        this.bug = bug;
        this.violations = new FirstViolation(bug.expected());
        this.firstIds =
                run.cluster().machines().stream().map(SimMachine::nodeId).toList();
        this.observer = new GroupObserver(run, violations);
        this.registers = new Registers(run, violations);
        this.operators = new Operators(run);
        run.cluster().machines().forEach(machine -> machine.formatMax(RaftKnobs.formatMax(run, machine.index())));
    }

    @Override
    public void start(SimProcess process) {
        observer.formats().starts(process.index());
        SimulatedNode node = new SimulatedNode(run, violations, observer, process, bug, firstIds);
        nodes.put(process.index(), node);
        node.start(registers, observer.marks());
    }

    /** For runs in which not all list all. */
    void lists(OracleMembers.Lists whoListsWhom) {
        observer.lists(whoListsWhom);
    }

    /** The node's process; empty while none runs. */
    Optional<SimulatedNode> node(int index) {
        return Optional.ofNullable(nodes.get(index));
    }

    @Override
    public void stopped(int index) {
        SimulatedNode node = nodes.remove(index);
        if (node == null) {
            return;
        }
        node.refusal().ifPresent(why -> halted.put(index, why));
        if (node.setAside()) {
            machine(index).renewNodeId();
            renewed.add(index);
        }
    }

    /** A version of any format: who is set back may be set back by more than one, and who comes forward may stop on the way. */
    @Override
    public void reconfigure(int index, FaultKind kind, long amount) {
        machine(index).formatMax(FormatInForce.FIRST + (int) (amount % FormatInForce.NEWEST));
    }

    /** What the log's own marks vouch for, and snapshots; see {@code docs/simulation.md} for what cannot be noticed. */
    @Override
    public boolean noticesRot(int node, String file, int offset) {
        boolean segment = file.startsWith("raft/log-") && file.endsWith(".seg");
        return segment
                ? offset >= RECORDS_OFFSET
                        && offset < SyncedEnd.of(machine(node).disk().bytes(file))
                : file.startsWith("raft/snapshot-");
    }

    @Override
    public void perform(Operation operation) {
        int asked = (int) operation.argument() % run.cluster().size();
        boolean toLeader = Operators.isCommand(operation.kind()) && operation.client() > 0;
        SimulatedNode node = nodes.get(toLeader ? leader().orElse(asked) : asked);
        if (node == null || node.isRotten()) {
            return;
        }
        if (operation.kind().equals(Operators.ROT)) {
            rot(node);
        } else if (Operators.isCommand(operation.kind())) {
            operators.perform(operation, node);
        } else {
            registers.perform(operation, node);
        }
        violations.rethrow();
    }

    /** Memory lies on one node at a time, and only where the others are whole. */
    private void rot(SimulatedNode node) {
        boolean alone = nodes.values().stream().noneMatch(SimulatedNode::isRotten)
                && run.plan().damaged().isEmpty()
                && node.isUp();
        if (alone) {
            node.rot();
        }
    }

    @Override
    public void check(int index) {
        violations.rethrow();
        observer.settle();
        SimulatedNode node = nodes.get(index);
        if (node != null) {
            checkDigest(node);
        }
    }

    /** IR5 and IR11: whoever has applied as much has the same state, however it came by it. */
    private void checkDigest(SimulatedNode node) {
        NodeShadow shadow = node.shadow();
        if (shadow.cluster.isEmpty() || digestedAt.getOrDefault(node.reader(), 0L) == shadow.commitIndex) {
            return;
        }
        RaftStatus status = node.status();
        if (status.state() != RaftStatus.State.UP || status.appliedIndex() != shadow.commitIndex) {
            return;
        }
        Place place = new Place(shadow.cluster.get(), status.appliedIndex());
        if (shadow.rotten) {
            shadow.rotten = node.isAboutToRot() || !status.digest().equals(digests.get(place));
            if (!shadow.rotten) {
                run.mark(CoverageMarks.STATE_REPAIRED);
            }
            return;
        }
        digestedAt.put(node.reader(), shadow.commitIndex);
        String before = digests.putIfAbsent(place, status.digest());
        if (before != null && renewed.remove(node.index())) {
            run.mark(CoverageMarks.REPAIRED);
        }
        violations.require(
                before == null || before.equals(status.digest()),
                "SnapshotFaithful",
                node.index(),
                () -> "the digest at " + status.appliedIndex() + " is " + status.digest() + ", elsewhere it was "
                        + before);
    }

    /** The latest leader that knows itself as one. */
    @Override
    public Optional<Integer> leader() {
        return nodes.values().stream()
                .filter(node -> node.core()
                        .filter(core -> core.role() == RaftRole.LEADER)
                        .isPresent())
                .max(Comparator.comparingLong(
                        node -> node.core().map(RaftCore::term).orElse(0L)))
                .map(SimulatedNode::index);
    }

    // Liveness.

    @Override
    public void begin(Phase phase, List<Integer> healthyNow) {
        healthy = healthyNow;
        awaited.clear();
        if (phase == Phase.CORE || phase == Phase.HEAL) {
            awaited.addAll(healthyNow);
            awaited.forEach(node -> attempt(phase, node));
        }
    }

    /** A write through the node, tried again until it is done. */
    private void attempt(Phase phase, int index) {
        if (run.phase() != phase || !awaited.contains(index)) {
            return;
        }
        resumeWish();
        SimulatedNode node = nodes.get(index);
        if (node != null) {
            registers.probe(node, () -> awaited.remove(index));
        }
        run.cluster().clock().after(TRY_AGAIN_AFTER, () -> attempt(phase, index));
    }

    /** The last thing that an operator does. */
    private void resumeWish() {
        boolean paused = cluster()
                .flatMap(observer::committedConfiguration)
                .filter(Configuration::wishPaused)
                .isPresent();
        Optional<SimulatedNode> leader = leader().map(nodes::get);
        if (paused && leader.isPresent()) {
            leader.get()
                    .call(Optional.of(Operators.RESUME), leader.get().engine().resumeWish(), (said, error) -> {});
        }
    }

    @Override
    public Optional<Lack> lacking(Phase phase) {
        violations.rethrow();
        if (!mustProgress(phase)) {
            run.mark("no progress asked for in " + phase);
            return callsOpen(false);
        }
        if (phase != Phase.DRAIN && cluster().isEmpty()) {
            return Optional.of(lack("LeaderBound", "nothing is founded"));
        }
        Set<Integer> waiting = mustServe();
        waiting.retainAll(awaited);
        if (!waiting.isEmpty()) {
            return Optional.of(lack("LeaderBound", "writes are not done through " + waiting));
        }
        return phase == Phase.CORE ? Optional.empty() : notCaughtUp().or(() -> callsOpen(true));
    }

    /** The healthy nodes that are members of the group: a stranger may wait to be taken in. */
    private Set<Integer> mustServe() {
        TreeSet<Integer> members = new TreeSet<>();
        cluster()
                .flatMap(observer::committedConfiguration)
                .ifPresent(group -> healthy.stream()
                        .filter(node -> group.isMember(machine(node).nodeId()))
                        .forEach(members::add));
        return members;
    }

    /** Whether the healthy nodes can decide, by what is committed and by what may be. */
    private boolean mustProgress(Phase phase) {
        if (cluster().isEmpty()) {
            // Who is promised to a founder that was lost for good waits for an operator, as does a list that is not
            // whole.
            return phase != Phase.CORE && run.plan().damaged().isEmpty();
        }
        ClusterId cluster = cluster().get();
        long committed = observer.ledger(cluster).lastIndex();
        Stream<Configuration> uncommitted = nodes.values().stream()
                .flatMap(node -> node.core().stream())
                .filter(core -> core.configurationIndex() > committed)
                .flatMap(core -> core.configuration().stream());
        boolean young = observer.committedConfiguration(cluster)
                .filter(group -> !group.takesWrites())
                .isPresent();
        if (young && phase == Phase.CORE) {
            // Those who come wait for each other, longer than a phase takes.
            return false;
        }
        return Stream.concat(observer.committedConfiguration(cluster).stream(), uncommitted)
                .allMatch(group -> ConfigurationOverlap.majority(group, this::isHealthy));
    }

    private boolean isHealthy(NodeId node) {
        return healthy.stream()
                .filter(index -> !hasHalted(index))
                .anyMatch(index -> machine(index).nodeId().equals(node));
    }

    /** Whether the damage is beyond what a group stands: then it must stand still, for its operator to decide ({@code spec/simulation.md} §3). */
    private boolean hasHalted(int index) {
        SimulatedNode node = nodes.get(index);
        return halted.containsKey(index) && (node == null || !node.isUp());
    }

    private Optional<ClusterId> cluster() {
        return observer.clusters().stream()
                .max(Comparator.comparingLong(id -> observer.ledger(id).lastIndex()));
    }

    private SimMachine machine(int index) {
        return run.cluster().machine(index);
    }

    /** IL5. */
    private Optional<Lack> notCaughtUp() {
        long last = cluster().map(id -> observer.ledger(id).lastIndex()).orElse(0L);
        TreeSet<String> seen = new TreeSet<>();
        for (int index : mustServe()) {
            SimulatedNode node = nodes.get(index);
            if (node == null || !node.isUp()) {
                return Optional.of(lack("CatchUp", "node " + index + " is not up"));
            }
            RaftStatus status = node.status();
            if (status.appliedIndex() != last || status.commitIndex() != last) {
                return Optional.of(lack("CatchUp", "node " + index + " has not applied all " + last));
            }
            if (!node.isRotten()) {
                seen.add(status.digest());
            }
        }
        return seen.size() <= 1
                ? Optional.empty()
                : Optional.of(lack("CatchUp", "the members' states differ: " + seen));
    }

    /**
     * R17: every call ends.
     *
     * @param queueIsEmpty whether nothing may be left in the log that nobody decides
     */
    private Optional<Lack> callsOpen(boolean queueIsEmpty) {
        return run.phase() != Phase.DRAIN
                ? Optional.empty()
                : nodes.values().stream()
                        .filter(node -> !node.openCalls().isEmpty()
                                || (queueIsEmpty
                                        && node.engine().queueBytes() > 0
                                        && mustServe().contains(node.index())))
                        .findFirst()
                        .map(node -> lack(
                                "EveryCallEnds",
                                node.openCalls() + " are open at node " + node.index() + ", with "
                                        + node.engine().queueBytes() + " bytes in its queue"));
    }

    private Lack lack(String invariant, String what) {
        StringBuilder all = new StringBuilder(what);
        nodes.values().forEach(node -> {
            RaftStatus status = node.status();
            all.append("; node ")
                    .append(node.index())
                    .append(' ')
                    .append(node.id())
                    .append(' ')
                    .append(status.state())
                    .append(' ')
                    .append(status.role())
                    .append(" in term ")
                    .append(status.term())
                    .append(", leader ")
                    .append(status.leader().map(NodeId::toString).orElse("none"))
                    .append(", log ")
                    .append(status.firstIndex())
                    .append(" to ")
                    .append(status.lastIndex())
                    .append(", committed ")
                    .append(status.commitIndex())
                    .append(", ")
                    .append(status.reason());
            node.core()
                    .flatMap(RaftCore::configuration)
                    .ifPresent(group -> all.append(", ").append(group));
        });
        return new Lack(invariant, all.toString());
    }

    // At the end.

    @Override
    public void finish() {
        violations.rethrow();
        requireOneCluster();
        requireStandstill();
        if (run.plan().damaged().isEmpty()) {
            requireKept();
        }
        registers.check();
        noteWhoVotes();
        run.mark(registers.acknowledged() > 0 ? "writes acknowledged" : "no write acknowledged");
    }

    private void noteWhoVotes() {
        Set<NodeId> present = new TreeSet<>();
        run.cluster().machines().forEach(machine -> present.add(machine.nodeId()));
        cluster()
                .flatMap(observer::committedConfiguration)
                .filter(group -> !group.isJoint() && present.equals(new TreeSet<>(group.voters())))
                .ifPresent(group -> run.mark(CoverageMarks.ALL_VOTE));
    }

    /** IR10: nobody founded beside another, unless it gave way before any client wrote. */
    private void requireOneCluster() {
        long held = observer.clusters().stream()
                .filter(id -> nodes.values().stream()
                        .anyMatch(node -> node.shadow().cluster.equals(Optional.of(id))
                                && node.core().flatMap(RaftCore::configuration).isPresent()))
                .count();
        violations.require(
                held <= 1, "FoundOnce", InvariantViolation.NO_NODE, () -> "there are clusters " + observer.clusters());
    }

    /** Nobody takes the place of who alone votes, and does not start: what it knows is not known to the others. */
    private void requireStandstill() {
        cluster()
                .flatMap(observer::committedConfiguration)
                .filter(group -> halted.keySet().stream()
                        .anyMatch(index -> hasHalted(index)
                                && group.isSoleVoter(machine(index).nodeId())))
                .ifPresent(group -> {
                    Optional<Integer> leader = leader();
                    violations.require(
                            leader.isEmpty(),
                            "LeaderCompleteness",
                            leader.orElse(InvariantViolation.NO_NODE),
                            () -> "leads, and who alone votes does not start: " + halted);
                    run.mark(CoverageMarks.HALTED);
                });
    }

    /** IR6: what is committed is on a majority. */
    private void requireKept() {
        cluster().ifPresent(id -> {
            Ledger ledger = observer.ledger(id);
            Configuration group = observer.committedConfiguration(id).orElseThrow();
            long last = ledger.lastIndex();
            violations.require(
                    ConfigurationOverlap.majority(
                            group, voter -> observer.shadow(voter, -1).holdsDurably(last, ledger.chainAt(last))),
                    "CommittedNeverLost",
                    InvariantViolation.NO_NODE,
                    () -> "the entry at " + last + " is not on a majority of " + group);
        });
    }
}
