package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.net.LinkQuality;
import io.muster.sim.run.CoreFate;
import io.muster.sim.run.Fault;
import io.muster.sim.run.FaultKind;
import io.muster.sim.run.Operation;
import io.muster.sim.run.Plan;
import io.muster.sim.run.PlanShape;
import io.muster.sim.run.SimResult;
import io.muster.sim.run.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cuts that do not take the majority's leader away cost no election, and others only as many as it takes (IL2, IL3). */
class ElectionScenarioTest {

    private static final long CUT_AT_MILLIS = 6_000;
    private static final long CUT_FOR_MILLIS = 10_000;
    private static final int SEEDS = 5;

    /** The first machine founds and leads; the others follow. */
    private static final int A_FOLLOWER = 2;

    @ParameterizedTest
    @EnumSource(names = {"CUT_ISOLATE", "CUT_ONE_WAY_IN", "CUT_ONE_WAY_OUT"})
    void followerCutOffAndHealed_deposesNobody(FaultKind cut) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Fault fault = Fault.at(CUT_AT_MILLIS, cut, CUT_FOR_MILLIS, List.of(A_FOLLOWER), 0, seed);

            assertThat(electionsIn(plan(seed, 3, List.of(fault))))
                    .as("seed %s", seed)
                    .isEqualTo(electionsIn(plan(seed, 3, List.of())));
        }
    }

    @Test
    void chainOfThree_settlesAfterTwoChanges() {
        for (int middle = 0; middle < 3; middle++) {
            List<Integer> order = List.of(middle, (middle + 1) % 3, (middle + 2) % 3);
            for (int seed = 0; seed < SEEDS; seed++) {
                Fault fault = Fault.at(CUT_AT_MILLIS, FaultKind.CUT_BRIDGE, CUT_FOR_MILLIS, order, 0, seed);

                assertThat(electionsIn(plan(seed, 3, List.of(fault))))
                        .as("seed %s, order %s", seed, order)
                        .isLessThanOrEqualTo(electionsIn(plan(seed, 3, List.of())) + 2);
            }
        }
    }

    @Test
    void ringOfMajorities_settlesAfterTwoChanges() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Fault fault = Fault.at(CUT_AT_MILLIS, FaultKind.CUT_RING, CUT_FOR_MILLIS, List.of(0, 1, 2, 3, 4), 0, seed);

            assertThat(electionsIn(plan(seed, 5, List.of(fault))))
                    .as("seed %s", seed)
                    .isLessThanOrEqualTo(electionsIn(plan(seed, 5, List.of())) + 2);
        }
    }

    private static long electionsIn(Plan plan) {
        SimResult result = new Simulation(new RaftSubject(), plan).run();
        assertThat(result.failure()).isEmpty();
        return result.marks().get(CoverageMarks.ELECTED);
    }

    private static Plan plan(long seed, int nodes, List<Fault> faults) {
        SortedMap<String, Long> knobs = new TreeMap<>(Map.of(
                RaftKnobs.HEARTBEAT, 50L,
                RaftKnobs.ELECTION, 300L,
                RaftKnobs.STEP_DOWN, 300L,
                RaftKnobs.RESEND, 100L,
                RaftKnobs.WRITE_TIMEOUT, 3_000L,
                RaftKnobs.SNAPSHOT_EVERY, 100L,
                RaftKnobs.MESSAGE_BYTES, 10_000L,
                RaftKnobs.IN_FLIGHT, 16L,
                RaftKnobs.CHUNK_BYTES, 10_000L));
        knobs.put("sim.disk.writeMicros", 100L);
        knobs.put("sim.disk.syncMicros", 2_000L);
        List<Operation> writes = new ArrayList<>();
        for (long at = 0; at < CUT_AT_MILLIS + CUT_FOR_MILLIS; at += 100) {
            writes.add(new Operation(at, 0, Registers.PUT, "k0", 0));
        }
        List<Integer> order = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            order.add(node);
        }
        return new Plan(
                "raft",
                seed,
                nodes,
                knobs,
                new PlanShape(CUT_AT_MILLIS + CUT_FOR_MILLIS + 4_000, 10_000, 10_000),
                LinkQuality.GOOD,
                order,
                CoreFate.DEAF,
                faults,
                writes);
    }
}
