package io.muster.simulation.health;

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
 * Targets live, hang, refuse and die in the racks of machines that check them; machines die, pause, starve, hear late, lack files and are cut off, with targets or
 * without, some just when they are about to look again at a target. Meanwhile operators say what is to be shown of instances whose clients beat, come and go.
 */
public final class HealthOverlaySubject implements Subject {

    static final String TARGETS = "targets";
    static final String TIMES = "times";
    static final String INSTANCES = "instances";

    /** Of targets: the argument says what becomes of it. */
    static final String BECOME = "become";

    /** A target dies, and the machine that checks it. */
    static final String DIE_WITH_CHECKER = "die with checker";

    /** One of the service whose dead are deleted. */
    static final String FALL = "fall";

    static final String RISE = "rise";

    /** Of machines: has far too little time, or no files, for a while. */
    static final String STARVE = "starve";

    /** Of machines: answers come too late for any check, though time there is enough. */
    static final String HEAR_LATE = "hear late";

    /** Of targets: refuses once, and who asked is cut off. */
    static final String CUT_IN_DOUBT = "cut in doubt";

    static final String LACK_FILES = "lack files";
    static final String REFUSE_VERDICTS = "refuse verdicts";

    /** Of clients and operators. */
    static final String START = "start";

    static final String STOP = "stop";
    static final String REGISTER = "register";
    static final String SAY = "say";

    /** Of instances: a machine is cut off, and something is said there, elsewhere, and there again. */
    static final String SAY_ACROSS_A_CUT = "say across a cut";

    /** Of clients who mean harm. */
    static final String REGISTER_OTHER_KIND = "register other kind";

    /** As short as may be. */
    static final long DELETE_AFTER_MILLIS = 60_000;

    static final int MORTALS = 5;

    private static final int TARGETS_MAX = 12;
    private static final int INSTANCES_MAX = 4;

    /** Long enough to delete what died at the beginning. */
    static final PlanShape SHAPE = new PlanShape(80_000, 30_000, 60_000);

    private final HealthBug bug;

    public HealthOverlaySubject() {
        this(HealthBug.NONE);
    }

    HealthOverlaySubject(HealthBug bug) {
        this.bug = bug;
    }

    @Override
    public String name() {
        return "health-overlays";
    }

    @Override
    public int nodesMin() {
        return 3;
    }

    @Override
    public int nodesMax() {
        return 5;
    }

    @Override
    public Routing routing() {
        return Routing.BY_NODE_ID;
    }

    /** No clock is wrong here: words are numbered by clocks, and what that costs beyond a cut is said in decision 0034. */
    @Override
    public Set<FaultKind> faultKinds() {
        return EnumSet.of(
                FaultKind.KILL,
                FaultKind.POWER_LOSS,
                FaultKind.RESTART_STORM,
                FaultKind.PAUSE,
                FaultKind.SLOW_NODE,
                FaultKind.CUT_ISOLATE,
                FaultKind.CUT_HALVES,
                FaultKind.CUT_BRIDGE,
                FaultKind.CUT_ONE_WAY_IN,
                FaultKind.CUT_ONE_WAY_OUT,
                FaultKind.LINK_DROP,
                FaultKind.LINK_DUPLICATE,
                FaultKind.LINK_REORDER,
                FaultKind.LINK_DELAY);
    }

    @Override
    public List<String> sensitivePoints() {
        return List.of("verdict", "word said", "target dies");
    }

    @Override
    public List<String> requiredMarks() {
        return List.of(
                "found unhealthy",
                "found healthy",
                "another's verdict",
                "deleted for being unhealthy",
                "died with its checker",
                "hears late",
                "cut off in doubt",
                "said across a cut",
                "word STORED",
                "word PENDING",
                "word REFUSED",
                "other kind refused",
                "beat of the other kind");
    }

    @Override
    public SortedMap<String, Long> drawKnobs(int nodes, RandomGenerator random) {
        SortedMap<String, Long> knobs = new TreeMap<>();
        knobs.put(TARGETS, 2L + random.nextInt(TARGETS_MAX - 1));
        knobs.put(TIMES, 2L + random.nextInt(2));
        knobs.put(INSTANCES, 1L + random.nextInt(INSTANCES_MAX));
        return knobs;
    }

    @Override
    public List<Operation> drawOperations(int nodes, PlanShape shape, RandomGenerator random) {
        List<Operation> operations = new ArrayList<>();
        for (int i = 5 + random.nextInt(30); i > 0; i--) {
            String kind = random.nextInt(6) == 0 ? DIE_WITH_CHECKER : BECOME;
            operations.add(new Operation(at(shape, random), random.nextInt(TARGETS_MAX), kind, "", random.nextInt(8)));
        }
        int fallen = random.nextInt(4);
        for (int i = 0; i < fallen; i++) {
            long at = random.nextLong(3_000, 8_000);
            operations.add(new Operation(at, i, FALL, "", random.nextInt(2)));
            if (random.nextInt(3) == 0) {
                operations.add(new Operation(at + 20_000 + random.nextInt(60_000), i, RISE, "", 0));
            }
        }
        for (int i = random.nextInt(8); i > 0; i--) {
            String kind = List.of(STARVE, LACK_FILES, REFUSE_VERDICTS).get(random.nextInt(3));
            operations.add(
                    new Operation(at(shape, random), random.nextInt(nodes), kind, "", 500 + random.nextInt(8_000)));
        }
        for (int i = 0; i < INSTANCES_MAX; i++) {
            operations.add(new Operation(500 + random.nextInt(3_000), i, START, "", random.nextInt(nodes)));
        }
        List<String> ofWords = List.of(SAY, SAY, SAY, SAY, SAY, REGISTER, REGISTER, STOP, START);
        for (int i = 10 + random.nextInt(80); i > 0; i--) {
            String kind = ofWords.get(random.nextInt(ofWords.size()));
            operations.add(
                    new Operation(at(shape, random), random.nextInt(INSTANCES_MAX), kind, "", random.nextInt(1_000)));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            operations.add(new Operation(
                    at(shape, random), random.nextInt(nodes), HEAR_LATE, "", 6_000 + random.nextInt(8_000)));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            operations.add(new Operation(
                    at(shape, random), random.nextInt(TARGETS_MAX), CUT_IN_DOUBT, "", 5_200 + random.nextInt(4_000)));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            operations.add(new Operation(
                    at(shape, random),
                    random.nextInt(INSTANCES_MAX),
                    SAY_ACROSS_A_CUT,
                    "",
                    6_000 + random.nextInt(3_000)));
        }
        for (int i = 2 + random.nextInt(8); i > 0; i--) {
            operations.add(new Operation(
                    at(shape, random),
                    random.nextInt(2 * TARGETS_MAX),
                    REGISTER_OTHER_KIND,
                    "",
                    random.nextInt(1_000)));
        }
        operations.sort(Comparator.comparingLong(Operation::atMillis));
        return operations;
    }

    private static long at(PlanShape shape, RandomGenerator random) {
        return 4_000 + random.nextLong(shape.chaosMillis() - 4_000);
    }

    @Override
    public SubjectRun begin(SimRun run) {
        return new HealthOverlayRun(run, bug);
    }
}
