package io.muster.distro.sim.cluster;

import io.muster.sim.net.SimNetwork.Routing;
import io.muster.sim.run.FaultKind;
import io.muster.sim.run.Operation;
import io.muster.sim.run.PlanShape;
import io.muster.sim.run.SimRun;
import io.muster.sim.run.Subject;
import io.muster.sim.run.SubjectRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The workload {@code ApInstances} of the simulation spec (§4) on a cluster of three to five: instances register, beat through any server,
 * change, deregister, die silently, come back under the same name, and move between servers.
 */
public final class ApInstances implements Subject {

    static final String CLIENTS = "clients";
    static final String SERVICES = "services";
    static final String BEAT_MILLIS = "beatMillis";
    static final String SYNC_DELAY_MILLIS = "syncDelayMillis";
    static final String VERIFY_MILLIS = "verifyMillis";
    static final String LOAD_WAIT_MILLIS = "loadWaitMillis";
    static final String PASS_ON_MILLIS = "passOnMillis";
    static final String GUARD_MAX_MILLIS = "guardMaxMillis";

    static final String TOMBSTONE_MIN_MILLIS = "tombstoneMinMillis";

    /** How many changes a server has room for; plans of old have none, and leave it at what is usual. */
    static final String QUEUED_CHANGES_MAX = "queuedChangesMax";

    static final String START = "start";
    static final String DIE = "die";
    static final String LEAVE = "leave";
    static final String CHANGE = "change";
    static final String MOVE = "move";

    /** The engine of one server hangs for so many milliseconds, while its process lives on. */
    static final String HANG = "hang";

    /** One server is stopped in good order, and started again. */
    static final String STOP = "stop";

    /** For so many milliseconds one server is asked for more than it has room for, if it has little. */
    static final String BURST = "burst";

    /** An operator edits the list of one member. */
    static final String LIST = "list";

    /** Long enough after heal for the last session of a dead client to end. */
    static final PlanShape SHAPE = new PlanShape(30_000, 10_000, 30_000);

    static final PlanShape LONG = new PlanShape(60_000, 20_000, 30_000);

    static final PlanShape QUICK = new PlanShape(12_000, 10_000, 30_000);

    private static final List<String> KINDS =
            List.of(START, START, START, CHANGE, CHANGE, CHANGE, LEAVE, LEAVE, DIE, MOVE, MOVE);

    private final ClusterBug bug;

    public ApInstances() {
        this(ClusterBug.NONE);
    }

    ApInstances(ClusterBug bug) {
        this.bug = bug;
    }

    @Override
    public String name() {
        return "ap-instances";
    }

    @Override
    public int nodesMin() {
        return 2;
    }

    @Override
    public int nodesMax() {
        return 5;
    }

    @Override
    public Routing routing() {
        return Routing.BY_NODE_ID;
    }

    @Override
    public Set<FaultKind> faultKinds() {
        return EnumSet.of(
                FaultKind.CUT_ISOLATE,
                FaultKind.CUT_HALVES,
                FaultKind.CUT_ONE_WAY_IN,
                FaultKind.CUT_ONE_WAY_OUT,
                FaultKind.CUT_BRIDGE,
                FaultKind.CUT_RING,
                FaultKind.CUT_MATRIX,
                FaultKind.SWIZZLE,
                FaultKind.CLOG,
                FaultKind.LINK_DROP,
                FaultKind.LINK_DUPLICATE,
                FaultKind.LINK_REORDER,
                FaultKind.LINK_REPLAY,
                FaultKind.LINK_TRUNCATE,
                FaultKind.LINK_FLIP,
                FaultKind.KILL,
                FaultKind.POWER_LOSS,
                FaultKind.POWER_LOSS_ALL,
                FaultKind.PAUSE,
                FaultKind.RESTART_STORM,
                FaultKind.WIPE,
                FaultKind.WALL_JUMP);
    }

    @Override
    public List<String> sensitivePoints() {
        return List.of("accepted a write", "became ready", "took groups over");
    }

    @Override
    public List<String> requiredMarks() {
        return List.of(
                "verify mismatch",
                "load retried",
                "groups taken over",
                "stale data refused",
                "expired",
                "mark refuted",
                "write taken over",
                "renewal became data",
                "members disagree",
                "beat in flight",
                "loaded anew",
                "lists differ",
                "engine hangs",
                "busy",
                "burst in calm",
                "stopped in good order");
    }

    @Override
    public SortedMap<String, Long> drawKnobs(int nodes, RandomGenerator random) {
        SortedMap<String, Long> knobs = new TreeMap<>();
        knobs.put(CLIENTS, 1L + random.nextInt(random.nextInt(4) == 0 ? 60 : 12));
        knobs.put(SERVICES, 1L + random.nextInt(6));
        knobs.put(BEAT_MILLIS, 800L + random.nextInt(400));
        knobs.put(SYNC_DELAY_MILLIS, List.of(0L, 20L, 20L, 100L).get(random.nextInt(4)));
        knobs.put(VERIFY_MILLIS, 1_000L + random.nextInt(4_000));
        knobs.put(LOAD_WAIT_MILLIS, 5_000L + random.nextInt(3_000));
        knobs.put(PASS_ON_MILLIS, 100L + random.nextInt(400));
        knobs.put(GUARD_MAX_MILLIS, 500L + random.nextInt(6_000));
        knobs.put(TOMBSTONE_MIN_MILLIS, List.of(14_000L, 600_000L, 600_000L).get(random.nextInt(3)));
        knobs.put(QUEUED_CHANGES_MAX, random.nextInt(6) == 0 ? 30L + random.nextInt(70) : SimServer.QUEUED_CHANGES_MAX);
        return knobs;
    }

    @Override
    public List<Operation> drawOperations(int nodes, PlanShape shape, RandomGenerator random) {
        List<Operation> operations = new ArrayList<>();
        for (int client = 0; client < 60; client++) {
            operations.add(new Operation(500 + random.nextLong(3_000), client, START, "", random.nextInt(nodes)));
        }
        int count = (int) (shape.chaosMillis() / (20 + random.nextInt(200)));
        for (int i = 0; i < count; i++) {
            long at = 1_000 + random.nextLong(shape.chaosMillis() - 1_000);
            int client = random.nextInt(random.nextBoolean() ? 8 : 60);
            operations.add(
                    new Operation(at, client, KINDS.get(random.nextInt(KINDS.size())), "", random.nextInt(nodes)));
        }
        if (random.nextInt(3) == 0) {
            for (int edits = 1 + random.nextInt(6); edits > 0; edits--) {
                long at = 4_000 + random.nextLong(Math.max(1, shape.chaosMillis() - 8_000));
                operations.add(new Operation(at, random.nextInt(nodes), LIST, "", random.nextInt(2 * nodes)));
            }
        }
        if (random.nextInt(3) == 0) {
            for (int hangs = 1 + random.nextInt(3); hangs > 0; hangs--) {
                long at = 4_000 + random.nextLong(Math.max(1, shape.chaosMillis() - 8_000));
                operations.add(new Operation(at, random.nextInt(nodes), HANG, "", 500 + random.nextLong(14_000)));
            }
        }
        if (random.nextInt(3) == 0) {
            for (int stops = 1 + random.nextInt(4); stops > 0; stops--) {
                long at = 4_000 + random.nextLong(Math.max(1, shape.chaosMillis() - 10_000));
                operations.add(new Operation(at, random.nextInt(nodes), STOP, "", 0));
            }
        }
        for (int bursts = 1 + random.nextInt(2); bursts > 0; bursts--) {
            long at = 4_000 + random.nextLong(Math.max(1, shape.chaosMillis() - 8_000));
            operations.add(new Operation(at, random.nextInt(nodes), BURST, "", 300 + random.nextLong(2_500)));
        }
        operations.sort(Comparator.comparingLong(Operation::atMillis));
        return operations;
    }

    @Override
    public SubjectRun begin(SimRun run) {
        return new ApRun(run, bug);
    }
}
