package io.muster.raft.engine;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Codec;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.Wish;
import io.muster.member.port.Lane;
import io.muster.member.port.Ports;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import io.muster.raft.SmallDirectory;
import io.muster.raft.Texts;
import io.muster.sim.cluster.ScriptedMembers;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Engines of a cluster on simulated machines, with real storage and codecs, for tests to read like a story. Nodes are numbered from 0. All list the same
 * machines, and know at once who answers at each address, unless a test says otherwise.
 */
public final class EngineCluster {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SimCluster machines;
    private final TreeMap<Integer, RaftEngine<String>> engines = new TreeMap<>();
    private final TreeMap<Integer, ScriptedMembers> views = new TreeMap<>();
    private final TreeMap<Integer, List<ChangeEvent<String>>> heard = new TreeMap<>();
    private final List<EngineFailure> failures = new ArrayList<>();
    private final TreeMap<Integer, CompletableFuture<?>> starts = new TreeMap<>();
    private final TreeMap<Integer, List<Integer>> ownLists = new TreeMap<>();
    private List<Integer> listed;
    private final TreeMap<Integer, Codec<String>> codecs = new TreeMap<>();
    private final TreeMap<Integer, RaftConfig> configs = new TreeMap<>();
    private final TreeMap<Integer, Wire> wires = new TreeMap<>();
    private RaftConfig config = SmallDirectory.ofBytes(8 << 20).withFoundsItself(false);

    public EngineCluster(long seed, int size) {
        machines = new SimCluster(seed, size, Routing.BY_NODE_ID);
        listed = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            listed.add(i);
        }
    }

    public EngineCluster config(RaftConfig newConfig) {
        config = newConfig.withFoundsItself(false);
        return this;
    }

    /** The node's next processes have other settings than the others'. */
    public EngineCluster config(int node, RaftConfig own) {
        configs.put(node, own);
        return this;
    }

    /** The node's next processes read and write values by this. */
    public EngineCluster codec(int node, Codec<String> codec) {
        codecs.put(node, codec);
        return this;
    }

    public SimCluster machines() {
        return machines;
    }

    // Life.

    /** Starts all that are listed, and waits until each has caught up with a leader and writes are taken. */
    public EngineCluster found() {
        listed.forEach(this::start);
        awaitServing();
        return this;
    }

    /** Starts a node's next process. */
    public RaftEngine<String> start(int node) {
        SimMachine machine = machines.machine(node);
        SimProcess process = machine.start();
        ScriptedMembers members = new ScriptedMembers(view(node));
        RaftEngine<String> engine = new RaftEngine<>(
                configs.getOrDefault(node, config),
                codecs.getOrDefault(node, Texts.CODEC),
                process.identity(),
                ports(node, process, members),
                RaftMetrics.NONE,
                failures::add);
        List<ChangeEvent<String>> events = new ArrayList<>();
        engine.listen(Interest.all(Mode.PERSISTENT), events::addAll);
        engines.put(node, engine);
        views.put(node, members);
        heard.put(node, events);
        starts.put(node, engine.start().toCompletableFuture());
        return engine;
    }

    private Ports ports(int node, SimProcess process, ScriptedMembers members) {
        Ports ports = process.ports(Lane.RAFT, members);
        return new Ports(ports.time(), ports.rng(), wire(node).around(ports.net()), ports.disk(), ports.members());
    }

    /** Where the node's frames come in. */
    Wire wire(int node) {
        return wires.computeIfAbsent(node, first -> new Wire());
    }

    /** How the start of the node's present process ended, or will. */
    public CompletableFuture<?> starting(int node) {
        return starts.get(node);
    }

    public void kill(int node) {
        machines.machine(node).kill();
        engines.remove(node);
    }

    public void wipe(int node) {
        kill(node);
        machines.machine(node).wipe();
        listNodes(listed);
    }

    /** Kills the process, and what starts next there has another node id: the program has given the old one up. */
    public void renew(int node) {
        kill(node);
        machines.machine(node).renewNodeId();
        listNodes(listed);
    }

    /** All lookups name these from now on. */
    public void listNodes(List<Integer> nodes) {
        listed = List.copyOf(nodes);
        engines.keySet().forEach(node -> views.get(node).set(view(node)));
    }

    /** The node's own lookup names these, whatever the others' do. */
    public void listAt(int node, List<Integer> nodes) {
        ownLists.put(node, nodes);
        engines.keySet().forEach(other -> views.get(other).set(view(other)));
    }

    private List<Integer> list(int node) {
        return ownLists.getOrDefault(node, listed);
    }

    private MemberView view(int node) {
        List<Integer> named = list(node);
        List<Member> members = new ArrayList<>();
        List<Wish.Entry> entries = new ArrayList<>();
        List<NodeId> ids = new ArrayList<>();
        Member self = member(node);
        for (int i : named) {
            members.add(member(i));
            if (i == node || new TreeSet<>(list(i)).equals(new TreeSet<>(named))) {
                ids.add(machines.machine(i).nodeId());
            }
            entries.add(new Wish.Entry(
                    machines.machine(i).address(),
                    Optional.of(machines.machine(i).nodeId())));
        }
        if (!named.contains(node)) {
            members.add(self);
        }
        return new MemberView(1, self, members, new Wish(entries, ids));
    }

    private Member member(int node) {
        SimMachine machine = machines.machine(node);
        return new Member(
                        machine.address(), Optional.of(machine.nodeId()), 1, MemberState.UP, true, true, "simulated", 0)
                .announcing(configs.getOrDefault(node, config).formatMax());
    }

    // Use.

    public RaftEngine<String> engine(int node) {
        return engines.get(node);
    }

    public RaftStatus status(int node) {
        return engine(node).status();
    }

    public NodeId id(int node) {
        return machines.machine(node).nodeId();
    }

    /** What the listener of the node's present process has heard. */
    public List<ChangeEvent<String>> heard(int node) {
        return heard.get(node);
    }

    public List<EngineFailure> failures() {
        return failures;
    }

    public Datum<String> put(int node, String id, String value) {
        return await(engine(node).put(key(id), value));
    }

    public CompletableFuture<List<Optional<Datum<String>>>> putting(int node, String id, String value) {
        return engine(node).apply(List.of(Change.put(key(id), value))).toCompletableFuture();
    }

    public Optional<String> get(int node, String id) {
        return engine(node).get(key(id)).map(Datum::value);
    }

    public Optional<String> getLinearizable(int node, String id) {
        return await(engine(node).getLinearizable(key(id))).map(Datum::value);
    }

    public static Key key(String id) {
        return Key.persistent("group", id);
    }

    /** The running node that leads the highest term. */
    public Optional<Integer> leader() {
        return engines.keySet().stream()
                .filter(node -> status(node).role() == RaftRole.LEADER)
                .max((a, b) -> Long.compare(status(a).term(), status(b).term()));
    }

    public int awaitLeader() {
        until(() -> leader().isPresent());
        return leader().orElseThrow();
    }

    /** A running node that does not lead. */
    public int follower() {
        int leader = awaitLeader();
        return engines.keySet().stream()
                .filter(node -> node != leader)
                .findFirst()
                .orElseThrow();
    }

    /** Waits until all running listed nodes vote, and are ready. */
    public void awaitServing() {
        until(() -> engines.keySet().stream()
                .filter(listed::contains)
                .allMatch(node -> engine(node).readiness(Mode.PERSISTENT).ready()
                        && status(node).voters().contains(id(node))));
    }

    /** Waits until all running nodes have applied as much, and the same. */
    public void awaitSame() {
        until(() -> engines.values().stream()
                        .map(engine -> engine.status().appliedIndex() + " "
                                + engine.status().digest())
                        .distinct()
                        .count()
                == 1);
    }

    /** Waits until these have applied as much, and the same. */
    public void awaitSameOf(Integer... nodes) {
        until(() -> Stream.of(nodes)
                        .map(node ->
                                status(node).appliedIndex() + " " + status(node).digest())
                        .distinct()
                        .count()
                == 1);
    }

    /** Waits until all running nodes have applied as much; their digests may be of different formats. */
    public void awaitSameIndex() {
        until(() -> engines.values().stream()
                        .map(engine -> engine.status().appliedIndex())
                        .distinct()
                        .count()
                == 1);
    }

    public void until(BooleanSupplier condition) {
        machines.clock().runUntil(condition, PATIENCE);
    }

    public void advance(Duration by) {
        machines.clock().advance(by);
    }

    public <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        until(future::isDone);
        return future.join();
    }

    /** Lets time pass until the stage is done, and gives its failure, unwrapped. */
    public Throwable awaitFailure(CompletionStage<?> stage) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        stage.whenComplete(
                (result, error) -> failure.complete(error == null ? new AssertionError("succeeded") : error));
        Throwable error = await(failure);
        return error.getCause() == null ? error : error.getCause();
    }
}
