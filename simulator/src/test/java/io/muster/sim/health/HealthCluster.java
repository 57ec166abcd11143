package io.muster.sim.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.health.HealthDriver;
import io.muster.member.health.HealthMetrics;
import io.muster.member.health.HealthPorts;
import io.muster.member.health.core.HealthRules;
import io.muster.member.health.core.HealthTiming;
import io.muster.member.health.core.Notice;
import io.muster.member.port.Lane;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.net.SimNetwork;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Machines that watch over one another's health, and all that their views have shown. Machines are named by number, 0 for the first. */
final class HealthCluster {

    static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Links may need a back-off of up to 7.5 s to be dialled again, then a member needs three answers; and some air. */
    static final Duration HEALED_BOUND = Duration.ofSeconds(15);

    /** A process says that it has loaded its data so long after its start. */
    private static final Duration LOADING = Duration.ofMillis(700);

    final SimCluster cluster;
    private final HealthRules rules;
    private final Map<Integer, HealthDriver> drivers = new TreeMap<>();
    private final Map<Integer, MemberView> views = new TreeMap<>();
    private final List<Shown> shown = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();

    /** What each machine's lookup gives; all of them where it has none of its own. */
    private final Map<Integer, List<MemberAddress>> lists = new TreeMap<>();

    private final Set<Integer> left = new TreeSet<>();
    private List<MemberAddress> list;

    /** A view that one machine had from a moment on. */
    record Shown(int machine, long atNanos, MemberView view) {}

    HealthCluster(long seed, int machines) {
        this(seed, machines, new HealthRules());
    }

    HealthCluster(long seed, int machines, HealthRules rules) {
        this.cluster = new SimCluster(seed, machines, Routing.BY_CONNECTION);
        this.rules = rules;
        this.list = cluster.addresses();
    }

    /** All machines run, and all see all UP and loaded. */
    HealthCluster formed() {
        all().forEach(this::start);
        awaitAllEqual();
        return this;
    }

    // What happens.

    void start(int machine) {
        SimProcess process = cluster.machine(machine).start();
        HealthDriver driver = new HealthDriver(
                process.identity(),
                process.address(),
                HealthTiming.DEFAULTS,
                new HealthPorts(process.time(), process.net(Lane.HEALTH), process.links()),
                view -> show(machine, view),
                notices::add,
                HealthMetrics.NONE,
                rules);
        drivers.put(machine, driver);
        left.remove(machine);
        views.put(machine, driver.status().view());
        driver.start();
        driver.wish(lists.getOrDefault(machine, list));
        process.time().after(LOADING, () -> driver.announceLoaded(true));
    }

    void kill(int machine) {
        cluster.machine(machine).kill();
        drivers.remove(machine);
    }

    void losePower(int machine) {
        cluster.machine(machine).losePower();
        drivers.remove(machine);
    }

    /** Kills it, empties its data directory, and starts what is a new node then. */
    void wipeAndRestart(int machine) {
        kill(machine);
        cluster.machine(machine).wipe();
        start(machine);
    }

    /** Gives machines that don't run these addresses, in their configuration and on the network. */
    void readdress(Map<Integer, MemberAddress> addresses) {
        addresses.forEach((machine, address) -> cluster.machine(machine).address(address));
        addresses.forEach((machine, address) -> network().bind(address, machine));
    }

    /** The process says that it leaves; it goes on running, as a stranger, until it is started anew. */
    void leave(int machine) {
        driver(machine).leave();
        left.add(machine);
    }

    /** Machines that run though they have left. */
    List<Integer> left() {
        return running().stream().filter(left::contains).toList();
    }

    /** The lookup of one machine gives this list from now on. */
    void list(int machine, List<MemberAddress> addresses) {
        lists.put(machine, List.copyOf(addresses));
        Optional.ofNullable(drivers.get(machine)).ifPresent(driver -> driver.wish(addresses));
    }

    /** All lookups give this list from now on. */
    void list(List<MemberAddress> addresses) {
        lists.clear();
        list = addresses;
        drivers.values().forEach(driver -> driver.wish(addresses));
    }

    void pass(Duration duration) {
        cluster.clock().advance(duration);
    }

    private void show(int machine, MemberView view) {
        views.put(machine, view);
        shown.add(new Shown(machine, now(), view));
    }

    // What is seen.

    SimNetwork network() {
        return cluster.network();
    }

    IntStream all() {
        return IntStream.range(0, cluster.size());
    }

    List<Integer> running() {
        return all().filter(machine -> cluster.machine(machine).running())
                .boxed()
                .toList();
    }

    HealthDriver driver(int machine) {
        HealthDriver driver = drivers.get(machine);
        if (driver == null) {
            throw new IllegalStateException(cluster.machine(machine) + " does not run");
        }
        return driver;
    }

    MemberView view(int machine) {
        MemberView view = views.get(machine);
        if (view == null) {
            throw new IllegalStateException(cluster.machine(machine) + " never ran");
        }
        return view;
    }

    NodeId nodeId(int machine) {
        return cluster.machine(machine).nodeId();
    }

    Optional<Member> member(int seenBy, int machine) {
        return view(seenBy).member(nodeId(machine));
    }

    /** STARTING where it is not in the view at all. */
    MemberState state(int seenBy, int machine) {
        return member(seenBy, machine).map(Member::state).orElse(MemberState.STARTING);
    }

    /** All views from a moment on. */
    List<Shown> shownSince(long nanos) {
        return shown.stream().filter(one -> one.atNanos() >= nanos).toList();
    }

    long now() {
        return cluster.clock().monoNanos();
    }

    List<Notice.Kind> noticed() {
        return notices.stream().map(Notice::kind).toList();
    }

    /** Waits until the condition holds, and says after how long. */
    Duration await(Duration bound, BooleanSupplier condition) {
        long from = now();
        cluster.clock().runUntil(condition, bound);
        return Duration.ofNanos(now() - from);
    }

    /** Waits until all running machines see all of them UP and loaded, and their views agree. */
    Duration awaitAllEqual() {
        try {
            return await(HEALED_BOUND, this::allEqual);
        } catch (AssertionError notEqual) {
            Map<SimMachine, MemberView> views = new LinkedHashMap<>();
            running().forEach(machine -> views.put(cluster.machine(machine), view(machine)));
            throw new AssertionError("views differ: " + views, notEqual);
        }
    }

    boolean allEqual() {
        List<Integer> running = running();
        Map<NodeId, String> first = essence(running.get(0));
        return running.stream().allMatch(by -> running.stream().allMatch(machine -> isUpAndLoaded(by, machine)))
                && running.stream().allMatch(machine -> essence(machine).equals(first));
    }

    /** What equal views agree on: who is where, in which run and state. */
    private Map<NodeId, String> essence(int machine) {
        Map<NodeId, String> essence = new TreeMap<>();
        for (Member member : view(machine).members()) {
            member.nodeId()
                    .ifPresent(id -> essence.put(
                            id,
                            member.address() + " " + member.runId() + " " + member.state() + " " + member.loaded()));
        }
        return essence;
    }

    private boolean isUpAndLoaded(int seenBy, int machine) {
        return member(seenBy, machine)
                .filter(member -> member.state() == MemberState.UP && member.loaded() && member.listsUs())
                .isPresent();
    }

    void assertStates(int seenBy, int machine, MemberState state) {
        assertThat(member(seenBy, machine))
                .as("%s as seen by %s", cluster.machine(machine), cluster.machine(seenBy))
                .hasValueSatisfying(
                        member -> assertThat(member.state()).as(member.reason()).isEqualTo(state));
    }
}
