package io.muster.distro.sim.cluster;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.distro.core.CoreConfig;
import io.muster.distro.core.Counts;
import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.LeaseLimits;
import io.muster.distro.core.PeerLimits;
import io.muster.distro.core.PeerStatus;
import io.muster.member.NodeId;
import io.muster.sim.VirtualTime;
import io.muster.sim.cluster.SimCluster;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of {@link ApInstances}. */
final class ApRun implements SubjectRun {

    private static final Lease LEASE = new Lease(3_000, 6_000);
    private static final int NODES_MAX = 5;
    private static final long NOT_READY = Long.MAX_VALUE;
    private static final Duration LOOK = Duration.ofMillis(100);

    /** One look in so many walks over all that the engines hold. */
    private static final int LOOKS_A_HEAP = 150;

    /** One in so many is at what bursts were acknowledged. */
    private static final int LOOKS_A_BURST = 5;

    /** Who leaves in good order waits for two seconds at most. */
    private static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** ID1: a verify round, a sync that failed and its retry, for the longest of the drawn settings; a node that starts then must load, too. */
    private static final long CONVERGE_MILLIS = 13_000;

    /** What it may take until an engine that hangs is noticed, by its own process and then by the others. */
    private static final long HUNG_NANOS = TimeUnit.SECONDS.toNanos(6);

    /** A status is as of the latest tick, and looked at later: what is found to wait now may have begun to wait so much earlier. */
    private static final long STATUS_LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final SimRun run;
    private final ClusterBug bug;
    private final SimCluster cluster;
    private final VirtualTime clock;
    private final CoreConfig config;
    private final ApObserver observer;
    private final List<ApClient> clients = new ArrayList<>();
    private final List<@Nullable SimServer> servers = new ArrayList<>();

    /** Per node: since when it has been ready, {@link #NOT_READY} if it is not. */
    private final long[] readySinceNanos = new long[NODES_MAX];

    /** Per pair of nodes: the latest acknowledgement, and since when tasks wait for the next one. */
    private final long[][] lastSyncNanos = new long[NODES_MAX][NODES_MAX];

    private final long[][] waitingSinceNanos = new long[NODES_MAX][NODES_MAX];
    private final long[] groupsGained;

    /** Per node: since when its engine hangs, {@link ApObserver#NEVER} if it does not. */
    private final long[] hangsSinceNanos = new long[NODES_MAX];

    /** Who served when looked at last; to be forgotten when the process ends. */
    private final List<@Nullable SimServer> served = new ArrayList<>();

    /** Per node: whom its list leaves out; nobody if there is no such node. */
    private final int[] leftOut = new int[NODES_MAX];

    private final Contacts contacts;
    private final LoadGate loadGate;
    private final OpenWrites writes;
    private final Bursts bursts;
    private final BoundedMemory memory;
    private int looks;
    private boolean ends;
    private List<Integer> healthy = List.of();
    private long phaseBeganNanos;

    ApRun(SimRun run, ClusterBug bug) {
        this.run = run;
        this.bug = bug;
        this.cluster = run.cluster();
        this.clock = cluster.clock();
        this.groupsGained = new long[cluster.size()];
        this.config = new CoreConfig(
                new LeaseLimits(60_000, 2_000, run.knob(ApInstances.TOMBSTONE_MIN_MILLIS), 1_000),
                new GuardLimits(0.3, 10, 3_000, run.knob(ApInstances.GUARD_MAX_MILLIS)),
                new PeerLimits(
                        run.knob(ApInstances.SYNC_DELAY_MILLIS),
                        run.knob(ApInstances.VERIFY_MILLIS),
                        run.knob(ApInstances.LOAD_WAIT_MILLIS),
                        run.knob(ApInstances.PASS_ON_MILLIS)),
                2_000);
        Arrays.fill(leftOut, NODES_MAX);
        Arrays.fill(hangsSinceNanos, ApObserver.NEVER);
        Arrays.fill(readySinceNanos, NOT_READY);
        this.observer = new ApObserver(this, cluster.size());
        this.contacts = new Contacts(cluster, run.plan(), servers, this::listEachOther);
        this.loadGate = new LoadGate(this, run, servers, clients, contacts);
        this.writes = new OpenWrites(this, run, contacts);
        this.memory = new BoundedMemory(this, cluster.size());
        this.bursts = new Bursts(this, clock, memory, run.knob(ApInstances.SERVICES), LEASE);
        for (int i = 0; i < run.knob(ApInstances.CLIENTS); i++) {
            Key key = Key.ephemeral("service-" + i % run.knob(ApInstances.SERVICES), "10.0.0." + i + "#8080");
            ApClient client = new ApClient(
                    this,
                    clock,
                    cluster.seeds().stream("client-" + i),
                    i,
                    key,
                    LEASE,
                    run.knob(ApInstances.BEAT_MILLIS));
            clients.add(client);
            observer.watch(client);
        }
        for (int node = 0; node < cluster.size(); node++) {
            servers.add(null);
            served.add(null);
        }
        look();
    }

    // What clients use

    long nowNanos() {
        return clock.monoNanos();
    }

    ApObserver observer() {
        return observer;
    }

    OpenWrites writes() {
        return writes;
    }

    /** The first server from this one on that serves: a client tries one after the other (R43). */
    Optional<SimServer> server(int wanted) {
        for (int i = 0; i < servers.size(); i++) {
            SimServer server = servers.get((wanted + i) % servers.size());
            if (server != null && server.serves()) {
                return Optional.of(server);
            }
        }
        return Optional.empty();
    }

    /** Since when the node has been ready; {@link #NOT_READY} if it is not. */
    long readySinceNanos(int node) {
        return readySinceNanos[node];
    }

    /** A server's list loses it. */
    void delisted(int node, Key key) {
        loadGate.delisted(node, key);
    }

    void mark(String name) {
        run.mark(name);
    }

    /** Whether stamps tell what came first on both sides of a cut: not where wall clocks were years apart when the nodes started. */
    boolean clocksAgree() {
        return run.plan().faults().stream().noneMatch(fault -> fault.kind() == FaultKind.WALL_JUMP);
    }

    /** Whether the client has beaten for a while, and all nodes have seen each other for so long that nobody may have missed it. */
    boolean livesInCalm(ApClient client) {
        if (!client.livesSince(nowNanos(), TimeUnit.SECONDS.toNanos(4))) {
            return false;
        }
        return contacts.calmEverywhere(TimeUnit.MILLISECONDS.toNanos(LEASE.removeAfterMillis()));
    }

    /** Whether the client lives in calm, but for a burst of late, and nothing that its beats tell is lost on the way. */
    boolean livesThroughBurst(ApClient client) {
        return bursts.felt() && contacts.fastLinks() && livesInCalm(client);
    }

    // The run

    @Override
    public void start(SimProcess process) {
        int node = process.index();
        observer.started(node);
        groupsGained[node] = 0;
        hangsSinceNanos[node] = ApObserver.NEVER;
        readySinceNanos[node] = NOT_READY;
        loadGate.starts(node);
        servers.set(
                node,
                new SimServer(
                        cluster, process, config, queuedChangesMax(), bug, this::names, events -> heard(node, events)));
    }

    private int queuedChangesMax() {
        return Math.toIntExact(
                run.plan().knobs().getOrDefault(ApInstances.QUEUED_CHANGES_MAX, (long) SimServer.QUEUED_CHANGES_MAX));
    }

    private void heard(int node, List<ChangeEvent<String>> events) {
        if (!ends) {
            observer.events(node, events);
        }
    }

    @Override
    public void stopped(int node) {
        Optional.ofNullable(servers.get(node)).ifPresent(writes::forget);
        contacts.disturbed(node);
        servers.set(node, null);
    }

    /** Lists on which one is left out that the others name, or all are named again; operators edit one after the other. */
    private boolean names(int lister, int listed) {
        return run.phase() != Phase.CHAOS || leftOut[lister] != listed;
    }

    boolean listEachOther(int one, int other) {
        return names(one, other) && names(other, one) && names(one, one) && names(other, other);
    }

    @Override
    public void perform(Operation operation) {
        if (operation.kind().equals(ApInstances.LIST)) {
            leftOut[operation.client()] = (int) operation.argument();
            mark("lists differ");
            return;
        }
        if (operation.kind().equals(ApInstances.HANG)) {
            hang(operation.client(), operation.argument());
            return;
        }
        if (operation.kind().equals(ApInstances.STOP)) {
            stop(operation.client());
            return;
        }
        if (operation.kind().equals(ApInstances.BURST)) {
            burst(operation.client(), operation.argument());
            return;
        }
        if (operation.client() >= clients.size()) {
            return;
        }
        ApClient client = clients.get(operation.client());
        int server = (int) operation.argument();
        switch (operation.kind()) {
            case ApInstances.START -> client.start(server);
            case ApInstances.DIE -> client.die();
            case ApInstances.LEAVE -> client.leave(server);
            case ApInstances.CHANGE -> client.change();
            case ApInstances.MOVE -> client.moveTo(server);
            default -> throw new IllegalArgumentException("unknown operation " + operation);
        }
    }

    private void hang(int node, long millis) {
        SimServer server = servers.get(node);
        if (server != null && !server.hangs()) {
            mark("engine hangs");
            server.hang();
            hangsSinceNanos[node] = nowNanos();
            clock.after(Duration.ofMillis(millis), server::goOn);
        }
    }

    private void stop(int node) {
        SimServer server = servers.get(node);
        if (server != null && !server.stops()) {
            server.stop(() -> {
                mark("stopped in good order");
                memory.stopped(server);
                run.exit(node, "stopped");
            });
        }
    }

    private void burst(int node, long millis) {
        SimServer server = servers.get(node);
        if (server != null && queuedChangesMax() < SimServer.QUEUED_CHANGES_MAX) {
            bursts.at(server, cluster.machine(node), millis);
        }
    }

    @Override
    public void check(int node) {
        observer.rethrow();
        SimServer server = servers.get(node);
        if (server == null) {
            return;
        }
        server.failure().ifPresent(cause -> {
            throw new IllegalStateException("the engine of n" + (node + 1) + " stopped: " + cause, cause);
        });
        if (ends) {
            return;
        }
        if (!server.ready()) {
            readySinceNanos[node] = NOT_READY;
        } else if (readySinceNanos[node] == NOT_READY) {
            readySinceNanos[node] = nowNanos();
        }
        if (server.ready()) {
            loadGate.isReady(node, server);
        }
    }

    private void look() {
        clock.after(LOOK, () -> {
            if (!ends) {
                lookAround();
                look();
            }
        });
    }

    private void lookAround() {
        looks++;
        mark("burst in calm", bursts.felt() && clients.stream().anyMatch(this::livesThroughBurst));
        contacts.look();
        writes.look();
        for (SimServer server : servers) {
            if (server != null && !server.counts().loaded() && server == served.get(server.process.index())) {
                mark("loaded anew");
            }
            if (server != null) {
                memory.queue(server);
                if (looks % LOOKS_A_BURST == 0) {
                    bursts.look(server, readySinceNanos[server.process.index()]);
                }
                if (looks % LOOKS_A_HEAP == 0) {
                    memory.heap(server, instances());
                }
            }
            if (server != null && server.ready() && !server.hangs()) {
                served.set(server.process.index(), server);
                boundedWork(server);
                if (!server.stops()) {
                    soundRing(server);
                }
                marks(server);
            }
        }
    }

    /**
     * ID10: tasks merge by key, one pending and one in flight, however many changes there were; and a target that answers is not held up by one that does not,
     * unless a machine is short of CPU.
     */
    private void boundedWork(SimServer server) {
        int node = server.process.index();
        for (PeerStatus peer : server.peers()) {
            require(
                    peer.pending() <= 2 * instances(),
                    "ID10",
                    node,
                    "BoundedWork: " + peer.pending() + " tasks for " + instances() + " instances");
            cluster.find(peer.id()).ifPresent(machine -> {
                int other = machine.index();
                if (peer.pending() == 0 || peer.lastSyncNanos() != lastSyncNanos[node][other]) {
                    lastSyncNanos[node][other] = peer.lastSyncNanos();
                    waitingSinceNanos[node][other] = nowNanos();
                }
                boolean nothingLost = contacts.fastLinks()
                        && contacts.lostNanos() < waitingSinceNanos[node][other] - STATUS_LATE_NANOS
                        && !bursts.felt();
                boolean stuck = nowNanos() - waitingSinceNanos[node][other]
                                > TimeUnit.MILLISECONDS.toNanos(nothingLost ? 450 : 5_000)
                        && contacts.calmBetween(node, other, 0);
                require(!stuck, "ID10", node, "BoundedWork: tasks for " + machine + " wait, though it answers");
            });
        }
    }

    /** How many there ever were. */
    int instances() {
        return clients.size() + (bursts.any() ? Bursts.INSTANCES : 0);
    }

    /** ID5: only members that are alive and loaded share the services, and whose engines take turns. */
    private void soundRing(SimServer server) {
        for (int service = 0; service < run.knob(ApInstances.SERVICES); service++) {
            Optional<NodeId> responsible = server.responsibleFor("service-" + service);
            require(
                    responsible.isPresent() && server.sees(responsible.get()),
                    "ID5",
                    server.process.index(),
                    "OneOwner: " + responsible + " is responsible, and not loaded or not alive");
            responsible.flatMap(cluster::find).map(SimMachine::index).ifPresent(other -> {
                SimServer hung = servers.get(other);
                long beganNanos = Math.max(hangsSinceNanos[other], contacts.apartNanos(server.process.index(), other));
                require(
                        hung == null || !hung.hangs() || nowNanos() - beganNanos < HUNG_NANOS,
                        "ID5",
                        server.process.index(),
                        "OneOwner: n" + (other + 1) + " is responsible, and its engine hangs");
            });
        }
    }

    private void marks(SimServer server) {
        Counts counts = server.counts();
        Counts.Totals totals = counts.totals();
        int node = server.process.index();
        mark("verify mismatch", totals.mismatches() > 0);
        mark("load retried", totals.loadRetries() > 0);
        mark("groups taken over", totals.groupsGained() > 0);
        mark("stale data refused", totals.staleRefused() > 0);
        mark("mark refuted", totals.refuted() > 0);
        mark("write taken over", totals.takenOver() > 0);
        mark("renewal became data", totals.restamped() > 0);
        mark("members disagree", counts.disputed());
        mark("expiry suspended", counts.removalsHeld());
        if (totals.groupsGained() > groupsGained[node]) {
            groupsGained[node] = totals.groupsGained();
            run.sensitive("took groups over", node);
        }
    }

    private void mark(String name, boolean seen) {
        if (seen) {
            run.mark(name);
        }
    }

    @Override
    public void begin(Phase phase, List<Integer> nowHealthy) {
        healthy = nowHealthy;
        phaseBeganNanos = nowNanos();
        servers.stream().filter(Objects::nonNull).forEach(SimServer::goOn);
    }

    @Override
    public Optional<Lack> lacking(Phase phase) {
        return lackingIn(phase).filter(lack -> counts(lack.invariant()));
    }

    private Optional<Lack> lackingIn(Phase phase) {
        observer.rethrow();
        return switch (phase) {
            case HEAL -> {
                Optional<Lack> lack = difference();
                lack.ifPresent(missing -> require(
                        nowNanos() - phaseBeganNanos < TimeUnit.MILLISECONDS.toNanos(CONVERGE_MILLIS),
                        missing.invariant(),
                        InvariantViolation.NO_NODE,
                        missing.what()));
                yield lack;
            }
            case CORE -> strangersInRing();
            case DRAIN -> theDead();
            default -> Optional.empty();
        };
    }

    /** ID1, ID2, ID5, ID7: all serve, agree about who is responsible, show the same, and show who lives. */
    private Optional<Lack> difference() {
        SimServer first = null;
        for (SimServer server : servers) {
            if (server == null || !server.serves()) {
                return Optional.of(new Lack("ID1", "not all nodes serve"));
            }
            first = first == null ? server : first;
            List<Datum<String>> here = first.list();
            List<Datum<String>> there = server.list();
            boolean sameDigest = first.counts().digest() == server.counts().digest();
            require(
                    sameDigest == here.equals(there),
                    "ID7",
                    server.process.index(),
                    "DigestHonest: digests are " + (sameDigest ? "equal" : "different") + ": " + here + " and "
                            + there);
            if (!sameDigest) {
                return Optional.of(new Lack("ID1", "Converged: " + here + " and " + there));
            }
            for (int service = 0; service < run.knob(ApInstances.SERVICES); service++) {
                Optional<NodeId> mine = first.responsibleFor("service-" + service);
                Optional<NodeId> theirs = server.responsibleFor("service-" + service);
                if (!mine.equals(theirs)) {
                    return Optional.of(new Lack("ID5", "OneOwner: " + mine + " and " + theirs));
                }
            }
        }
        for (ApClient client : clients) {
            if (client.alive && Objects.requireNonNull(first).get(client.key).isEmpty()) {
                return Optional.of(new Lack("ID2", "LiveVisible: " + client.key + " lives and is not listed"));
            }
        }
        return Optional.empty();
    }

    /** ID5: who is dead, hangs or is cut off for ever is responsible for nothing. */
    private Optional<Lack> strangersInRing() {
        for (int node : healthy) {
            SimServer server = servers.get(node);
            for (int service = 0;
                    server != null && server.ready() && service < run.knob(ApInstances.SERVICES);
                    service++) {
                Optional<Integer> responsible = server.responsibleFor("service-" + service)
                        .flatMap(cluster::find)
                        .map(SimMachine::index);
                if (responsible.isEmpty() || !healthy.contains(responsible.get())) {
                    return Optional.of(new Lack("ID5", "OneOwner: n" + (node + 1) + " waits for " + responsible));
                }
            }
        }
        return Optional.empty();
    }

    /** ID3. */
    private Optional<Lack> theDead() {
        for (ApClient client : clients) {
            for (SimServer server : servers) {
                if (!client.alive && server != null && server.get(client.key).isPresent()) {
                    return Optional.of(new Lack("ID3", "DeadGone: " + client.key + " is listed, and dead"));
                }
            }
        }
        return difference();
    }

    /** ID4 for all, and listeners believe what readers see. */
    @Override
    public void finish() {
        for (int node = 0; node < servers.size(); node++) {
            SimServer server = servers.get(node);
            require(server != null, "ID1", node, "is not there in the end");
            if (server == null) {
                continue;
            }
            require(
                    server.list().equals(List.copyOf(observer.mirror(node).values())),
                    "ID11",
                    node,
                    "PushTruth: listeners believe " + observer.mirror(node).values());
            for (ApClient client : clients) {
                require(
                        client.alive == server.get(client.key).isPresent(),
                        "ID1",
                        node,
                        client.key + (client.alive ? " lives" : " is dead") + ", and the list says otherwise");
            }
        }
        stopAll();
    }

    /** IX4: all stop in good order. */
    private void stopAll() {
        List<SimServer> all = servers.stream().flatMap(Stream::ofNullable).toList();
        all.forEach(server -> memory.heap(server, instances()));
        ends = true;
        clients.forEach(ApClient::die);
        all.forEach(server -> server.stop(() -> {}));
        long sinceNanos = nowNanos();
        while (nowNanos() - sinceNanos < STOP_NANOS && !all.stream().allMatch(SimServer::stopped)) {
            clock.advance(LOOK);
        }
        all.forEach(memory::stopped);
    }

    boolean counts(String invariant) {
        return bug.counts(invariant);
    }

    private void require(boolean holds, String invariant, int node, String values) {
        if (!holds && counts(invariant)) {
            throw new InvariantViolation(invariant, node, values);
        }
    }
}
