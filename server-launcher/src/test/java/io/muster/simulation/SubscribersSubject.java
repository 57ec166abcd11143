package io.muster.simulation;

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
 * The workloads {@code Subscribers} and {@code Operators} of the simulation spec (§4): instances beat, come and go; readers poll and are pushed to; operators
 * write the files of members, well and badly; and processes die, pause and come back, some or all of them. No link is cut: what a side of a cut may show is
 * the engine's own simulation.
 */
public final class SubscribersSubject implements Subject {

    static final String INSTANCES = "instances";
    static final String SERVICES = "services";
    static final String READERS = "readers";
    static final String POLL_MILLIS = "pollMillis";

    static final String START = "start";
    static final String DIE = "die";
    static final String LEAVE = "leave";

    /** Of the file of members: the argument says which way it is written. */
    static final String WRITE = "write";

    /** Heal and drain have to last for the sessions of those who died last. */
    static final PlanShape SHAPE = new PlanShape(30_000, 10_000, 40_000);

    private final JointBug bug;

    public SubscribersSubject() {
        this(JointBug.NONE);
    }

    SubscribersSubject(JointBug bug) {
        this.bug = bug;
    }

    @Override
    public String name() {
        return "subscribers";
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
                FaultKind.KILL,
                FaultKind.POWER_LOSS,
                FaultKind.POWER_LOSS_ALL,
                FaultKind.RESTART_STORM,
                FaultKind.PAUSE,
                FaultKind.LINK_DUPLICATE,
                FaultKind.LINK_REORDER);
    }

    @Override
    public List<String> sensitivePoints() {
        return List.of("serves again");
    }

    @Override
    public List<String> requiredMarks() {
        return List.of("pushed", "polled", "refused a list", "bad file", "good file", "gone for good");
    }

    @Override
    public SortedMap<String, Long> drawKnobs(int nodes, RandomGenerator random) {
        SortedMap<String, Long> knobs = new TreeMap<>();
        knobs.put(INSTANCES, 1L + random.nextInt(16));
        knobs.put(SERVICES, 1L + random.nextInt(4));
        knobs.put(READERS, 1L + random.nextInt(6));
        knobs.put(POLL_MILLIS, List.of(300L, 1_000L, 10_000L).get(random.nextInt(3)));
        return knobs;
    }

    @Override
    public List<Operation> drawOperations(int nodes, PlanShape shape, RandomGenerator random) {
        List<Operation> operations = new ArrayList<>();
        for (int instance = 0; instance < 16; instance++) {
            operations.add(new Operation(500 + random.nextLong(2_000), instance, START, "", random.nextInt(nodes)));
        }
        List<String> kinds = List.of(START, START, DIE, LEAVE);
        for (int i = 0; i < 12; i++) {
            long at = 10_000 + random.nextLong(shape.chaosMillis() - 10_000);
            String kind = kinds.get(random.nextInt(kinds.size()));
            operations.add(new Operation(at, random.nextInt(16), kind, "", random.nextInt(nodes)));
        }
        for (int i = random.nextInt(20); i > 0; i--) {
            long at = 2_000 + random.nextLong(shape.chaosMillis() - 2_000);
            operations.add(new Operation(at, random.nextInt(nodes), WRITE, "", random.nextInt(1_000)));
        }
        operations.sort(Comparator.comparingLong(Operation::atMillis));
        return operations;
    }

    @Override
    public SubjectRun begin(SimRun run) {
        return new SubscribersRun(run, bug);
    }
}
