package io.muster.raft.simulation;

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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/** The Raft engine where lists differ: the lookup's cores as they are, or with one planted bug. */
public final class ListsSubject implements Subject {

    /** Long enough for voters to be absent from lists for their minute, several times; and for those that come to catch up in the end. */
    static final PlanShape LONG = new PlanShape(300_000, 30_000, 120_000);

    /** For each build: long enough for a voter to be absent for its minute once. */
    static final PlanShape SHORT = new PlanShape(120_000, 30_000, 120_000);

    private static final int CLIENTS = 3;
    private static final int PACE_MILLIS = 400;
    private static final int OPERATORS_PACE_MILLIS_MIN = 1_000;
    private static final int OPERATORS_PACE_MILLIS_MAX = 30_000;

    /** What else is done meanwhile; operators change the members by lists alone, so that each change can be judged by them. */
    private static final List<String> KINDS = List.of(
            Registers.PUT,
            Registers.PUT,
            Registers.CAS,
            Registers.READ,
            Registers.PUT,
            Registers.STALE_READ,
            Registers.DELETE,
            Operators.TRANSFER,
            Operators.SNAPSHOT);

    private final Subject raft = new RaftSubject();
    private final ListBug bug;

    public ListsSubject() {
        this(ListBug.NONE);
    }

    ListsSubject(ListBug bug) {
        this.bug = bug;
    }

    @Override
    public String name() {
        return "raft-lists";
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
        return raft.routing();
    }

    /**
     * Those of {@link RaftSubject} but for lost data, which a group that its lists have made small may not stand, and exchanged addresses, after which a name in a list
     * means another node.
     */
    @Override
    public Set<FaultKind> faultKinds() {
        EnumSet<FaultKind> kinds = EnumSet.copyOf(raft.faultKinds());
        kinds.removeIf(FaultKind::losesData);
        kinds.remove(FaultKind.ADDRESS_SWAP);
        return kinds;
    }

    @Override
    public List<String> sensitivePoints() {
        return raft.sensitivePoints();
    }

    @Override
    public List<String> requiredMarks() {
        List<String> marks = new ArrayList<>(new LinkedHashSet<>(ListOperators.KINDS));
        marks.addAll(List.of(
                "list of all taken",
                "list of some taken",
                "lists: file refused",
                "lists: address server refused",
                "lists: start from memory",
                "lists: list confirmed",
                "lists: switched",
                "lists: not switched",
                "voters leave by the list",
                "writes acknowledged"));
        return marks;
    }

    @Override
    public SortedMap<String, Long> drawKnobs(int nodes, RandomGenerator random) {
        return raft.drawKnobs(nodes, random);
    }

    @Override
    public List<Operation> drawOperations(int nodes, PlanShape shape, RandomGenerator random) {
        List<Operation> operations = new ArrayList<>();
        for (long at = random.nextInt(PACE_MILLIS);
                at < shape.chaosMillis();
                at += 1 + random.nextInt(2 * PACE_MILLIS)) {
            String kind = KINDS.get(random.nextInt(KINDS.size()));
            operations.add(
                    new Operation(at, random.nextInt(CLIENTS), kind, "k" + random.nextInt(4), random.nextInt(nodes)));
        }
        int paceMillis =
                OPERATORS_PACE_MILLIS_MIN + random.nextInt(OPERATORS_PACE_MILLIS_MAX - OPERATORS_PACE_MILLIS_MIN);
        for (long at = random.nextInt(paceMillis); at < shape.chaosMillis(); at += 1 + random.nextInt(2 * paceMillis)) {
            String kind = ListOperators.KINDS.get(random.nextInt(ListOperators.KINDS.size()));
            operations.add(new Operation(at, 0, kind, "", random.nextInt(Integer.MAX_VALUE)));
        }
        operations.sort(Comparator.comparingLong(Operation::atMillis));
        return operations;
    }

    @Override
    public SubjectRun begin(SimRun run) {
        return new ListsRun(run, bug);
    }
}
