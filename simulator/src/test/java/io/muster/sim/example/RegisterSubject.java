package io.muster.sim.example;

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
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The register as the simulator takes it: clean, or with one planted bug. */
public final class RegisterSubject implements Subject {

    static final int KEYS = 3;
    private static final int CLIENTS = 4;

    private final PlantedBug bug;

    public RegisterSubject() {
        this(PlantedBug.NONE);
    }

    RegisterSubject(PlantedBug bug) {
        this.bug = bug;
    }

    @Override
    public String name() {
        return "register";
    }

    @Override
    public Routing routing() {
        return Routing.BY_NODE_ID;
    }

    /** All but the faults that no register without checksums across replicas can notice: a whole file that is old, or in another's place. */
    @Override
    public Set<FaultKind> faultKinds() {
        return EnumSet.complementOf(EnumSet.of(
                FaultKind.DISK_STALE,
                FaultKind.DISK_MISDIRECT,
                FaultKind.HALF_OPEN,
                FaultKind.RESTART_OLD_CONFIG,
                FaultKind.RESTART_OTHER_VERSION));
    }

    @Override
    public List<String> sensitivePoints() {
        return List.of("store received", "renamed", "saved", "stored sent", "majority reached");
    }

    @Override
    public List<String> requiredMarks() {
        return List.of(
                "asked again",
                "given up",
                "late reply dropped",
                "double reply dropped",
                "reply to a finished round dropped",
                "older value not stored",
                "damaged frame refused",
                "damaged file found",
                "exit on disk failure",
                "recovered");
    }

    @Override
    public SortedMap<String, Long> drawKnobs(int nodes, RandomGenerator random) {
        return new TreeMap<>();
    }

    @Override
    public List<Operation> drawOperations(int nodes, PlanShape shape, RandomGenerator random) {
        List<Operation> operations = new ArrayList<>();
        int paceMillis = 5 + random.nextInt(200);
        for (long at = random.nextInt(paceMillis); at < shape.chaosMillis(); at += 1 + random.nextInt(2 * paceMillis)) {
            String kind = random.nextBoolean() ? RegisterRun.WRITE : RegisterRun.READ;
            operations.add(new Operation(
                    at, random.nextInt(CLIENTS), kind, "r" + random.nextInt(KEYS), random.nextInt(nodes)));
        }
        return operations;
    }

    @Override
    public SubjectRun begin(SimRun run) {
        return new RegisterRun(run, bug);
    }
}
