package io.muster.raft.simulation;

import io.muster.sim.net.LinkQuality;
import io.muster.sim.run.CoreFate;
import io.muster.sim.run.Fault;
import io.muster.sim.run.Operation;
import io.muster.sim.run.Plan;
import io.muster.sim.run.PlanShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Plans without chance: a good network, quick disks, steady writes through the first machine, and the faults that are given. */
final class ScenarioPlan {

    /** So long before the chaos ends nobody writes any more. */
    private static final long QUIET_MILLIS = 4_000;

    private ScenarioPlan() {}

    static Plan of(
            long seed,
            int nodes,
            List<Fault> faults,
            long heartbeatMillis,
            long electionMillis,
            PlanShape shape,
            long writeEveryMillis) {
        return of(seed, nodes, faults, List.of(), heartbeatMillis, electionMillis, shape, writeEveryMillis);
    }

    /** @param operators what they do beside the writes */
    static Plan of(
            long seed,
            int nodes,
            List<Fault> faults,
            List<Operation> operators,
            long heartbeatMillis,
            long electionMillis,
            PlanShape shape,
            long writeEveryMillis) {
        SortedMap<String, Long> knobs = new TreeMap<>(Map.of(
                RaftKnobs.HEARTBEAT, heartbeatMillis,
                RaftKnobs.ELECTION, electionMillis,
                RaftKnobs.STEP_DOWN, electionMillis,
                RaftKnobs.RESEND, 2 * heartbeatMillis,
                RaftKnobs.WRITE_TIMEOUT, 3_000L,
                RaftKnobs.SNAPSHOT_EVERY, 100L,
                RaftKnobs.MESSAGE_BYTES, 10_000L,
                RaftKnobs.IN_FLIGHT, 16L,
                RaftKnobs.CHUNK_BYTES, 10_000L));
        knobs.put("sim.disk.writeMicros", 100L);
        knobs.put("sim.disk.syncMicros", 2_000L);
        List<Operation> operations = new ArrayList<>(operators);
        for (long at = 0; at < shape.chaosMillis() - QUIET_MILLIS; at += writeEveryMillis) {
            operations.add(new Operation(at, 0, Registers.PUT, "k0", 0));
        }
        List<Integer> order = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            order.add(node);
        }
        return new Plan("raft", seed, nodes, knobs, shape, LinkQuality.GOOD, order, CoreFate.DEAF, faults, operations);
    }
}
