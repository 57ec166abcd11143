package io.muster.raft.simulation;

import io.muster.sim.net.SimNetwork.Routing;
import io.muster.sim.run.FaultKind;
import io.muster.sim.run.Operation;
import io.muster.sim.run.PlanShape;
import io.muster.sim.run.SimRun;
import io.muster.sim.run.Subject;
import io.muster.sim.run.SubjectRun;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/** The Raft engine as the simulator takes it: as it is, or with one planted bug. */
public final class RaftSubject implements Subject {

    private static final int CLIENTS = 6;
    private static final int PACE_MILLIS_MAX = 200;
    private static final int SERVICE_KEYS = 4;
    private static final int COMMAND_ONE_IN_MAX = 30;
    private static final int BURST_ONE_IN = 50;

    /** Where memory lies, snapshots would carry the lie on before it is noticed: none are asked for. */
    private static final List<String> ROTTING = List.of(Operators.ROT, Operators.TRANSFER);

    private static final long NO_SNAPSHOTS = 1_000_000;
    private static final long DIGESTS_OFTEN = 8;

    /** What clients do, as often as they do it. */
    private static final List<String> CLIENT_KINDS = List.of(
            Registers.PUT,
            Registers.PUT,
            Registers.PUT,
            Registers.PUT,
            Registers.DELETE,
            Registers.CAS,
            Registers.CAS,
            Registers.READ,
            Registers.READ,
            Registers.READ,
            Registers.STALE_READ,
            Registers.STALE_READ,
            Registers.SERVICE_PUT,
            Registers.SERVICE_LIST);

    private final PlantedBug bug;

    public RaftSubject() {
        this(PlantedBug.NONE);
    }

    RaftSubject(PlantedBug bug) {
        this.bug = bug;
    }

    @Override
    public String name() {
        return "raft";
    }

    @Override
    public Routing routing() {
        return Routing.BY_NODE_ID;
    }

    /**
     * All but the faults that the engine cannot notice by its nature, stale and misdirected files; connections are not simulated here; configurations have
     * nothing to differ in, and versions differ only in runs that ask for it ({@code -Dsim.versions=true}).
     */
    @Override
    public Set<FaultKind> faultKinds() {
        Set<FaultKind> kinds = EnumSet.complementOf(EnumSet.of(
                FaultKind.HALF_OPEN,
                FaultKind.RESTART_OLD_CONFIG,
                FaultKind.RESTART_OTHER_VERSION,
                FaultKind.DISK_MISDIRECT,
                FaultKind.DISK_STALE));
        if (RaftKnobs.versionsDiffer()) {
            kinds.add(FaultKind.RESTART_OTHER_VERSION);
        }
        return kinds;
    }

    @Override
    public List<String> sensitivePoints() {
        return List.of(
                "vote granted",
                "vote stored",
                "term raised",
                "became leader",
                "log written",
                "log synced",
                "acknowledged",
                "committed",
                "members appended",
                "snapshot saved",
                "snapshot arrived",
                "snapshot installed");
    }

    @Override
    public List<String> requiredMarks() {
        return CoverageMarks.ALL;
    }

    @Override
    public SortedMap<String, Long> drawKnobs(int nodes, RandomGenerator random) {
        SortedMap<String, Long> knobs = RaftKnobs.draw(random);
        if (bug.stateRots()) {
            knobs.put(RaftKnobs.SNAPSHOT_EVERY, NO_SNAPSHOTS);
            knobs.put(RaftKnobs.DIGEST_EVERY, DIGESTS_OFTEN);
        }
        return knobs;
    }

    @Override
    public List<Operation> drawOperations(int nodes, PlanShape shape, RandomGenerator random) {
        List<Operation> operations = new ArrayList<>();
        int paceMillis = 5 + random.nextInt(PACE_MILLIS_MAX);
        boolean operated = random.nextInt(3) > 0;
        int commandOneIn = 5 + random.nextInt(COMMAND_ONE_IN_MAX);
        List<String> commands = bug.stateRots() ? ROTTING : Operators.KINDS;
        for (long at = random.nextInt(paceMillis); at < shape.chaosMillis(); at += 1 + random.nextInt(2 * paceMillis)) {
            boolean command = operated && random.nextInt(commandOneIn) == 0;
            boolean burst = random.nextInt(BURST_ONE_IN) == 0;
            String kind = command
                    ? commands.get(random.nextInt(commands.size()))
                    : burst ? Registers.BURST : CLIENT_KINDS.get(random.nextInt(CLIENT_KINDS.size()));
            String key = "k" + random.nextInt(SERVICE_KEYS);
            operations.add(new Operation(at, random.nextInt(CLIENTS), kind, key, random.nextInt(nodes)));
        }
        return operations;
    }

    @Override
    public SubjectRun begin(SimRun run) {
        return new RaftRun(run, bug);
    }
}
