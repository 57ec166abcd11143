package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.Fault;
import io.muster.sim.run.FaultKind;
import io.muster.sim.run.Plan;
import io.muster.sim.run.PlanShape;
import io.muster.sim.run.SimResult;
import io.muster.sim.run.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cuts that do not take the majority's leader away cost no election, and others only as many as it takes (IL2, IL3). */
class ElectionScenarioTest {

    private static final long CUT_AT_MILLIS = 6_000;
    private static final long CUT_FOR_MILLIS = 10_000;
    private static final int SEEDS = 5;
    /** An hour by {@code -Dsim.cutMinutes=60}. */
    private static final long LONG_CUT_MILLIS = 60_000L * Integer.getInteger("sim.cutMinutes", 5);

    /** Of a thousand. */
    private static final long ALL_FRAMES = 1_000;

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

    /** IL3 by the letter: the first three see each other. Each machine takes each place, the leader's, too. */
    @Test
    void fourthSeesOnlyTheSecond_fifthOnlyTheThird_settlesAfterTwoChanges() {
        for (int turn = 0; turn < 5; turn++) {
            for (int seed = 0; seed < SEEDS; seed++) {
                List<Fault> cuts = new ArrayList<>();
                for (int[] pair : new int[][] {{4, 1}, {4, 3}, {4, 5}, {5, 1}, {5, 2}}) {
                    cutBetween((pair[0] + turn) % 5, (pair[1] + turn) % 5, cuts);
                }

                assertThat(electionsIn(plan(seed, 5, cuts)))
                        .as("seed %s, turn %s", seed, turn)
                        .isLessThanOrEqualTo(electionsIn(plan(seed, 5, List.of())) + 2);
            }
        }
    }

    private static void cutBetween(int one, int other, List<Fault> cuts) {
        cuts.add(Fault.at(CUT_AT_MILLIS, FaultKind.LINK_DROP, CUT_FOR_MILLIS, List.of(one, other), ALL_FRAMES, 0));
        cuts.add(Fault.at(CUT_AT_MILLIS, FaultKind.LINK_DROP, CUT_FOR_MILLIS, List.of(other, one), ALL_FRAMES, 0));
    }

    /** IL2. Neither while it is away nor when it comes back does anybody raise a term. */
    @ParameterizedTest
    @EnumSource(names = {"CUT_ISOLATE", "CUT_ONE_WAY_IN", "CUT_ONE_WAY_OUT"})
    void followerCutOffForLong_raisesNoTermAndDeposesNobody(FaultKind cut) {
        Fault fault = Fault.at(CUT_AT_MILLIS, cut, LONG_CUT_MILLIS, List.of(A_FOLLOWER), 0, 0);

        SortedMap<String, Long> marks = marksOf(slowPlan(CUT_AT_MILLIS + LONG_CUT_MILLIS, List.of(fault)));

        SortedMap<String, Long> quiet = marksOf(slowPlan(CUT_AT_MILLIS, List.of()));
        assertThat(marks.get(CoverageMarks.CAMPAIGNED)).isEqualTo(quiet.get(CoverageMarks.CAMPAIGNED));
        assertThat(marks.get(CoverageMarks.ELECTED)).isEqualTo(quiet.get(CoverageMarks.ELECTED));
    }

    /** The others elect one leader, and the old one deposes nobody when it comes back. */
    @ParameterizedTest
    @EnumSource(names = {"CUT_ISOLATE", "CUT_ONE_WAY_IN", "CUT_ONE_WAY_OUT"})
    void leaderCutOffForLong_costsOneElection(FaultKind cut) {
        Fault fault = Fault.at(CUT_AT_MILLIS, cut, LONG_CUT_MILLIS, List.of(0), 0, 0);

        SortedMap<String, Long> marks = marksOf(slowPlan(CUT_AT_MILLIS + LONG_CUT_MILLIS, List.of(fault)));

        SortedMap<String, Long> quiet = marksOf(slowPlan(CUT_AT_MILLIS, List.of()));
        assertThat(marks.get(CoverageMarks.ELECTED)).isEqualTo(quiet.get(CoverageMarks.ELECTED) + 1);
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
        return marksOf(plan).get(CoverageMarks.ELECTED);
    }

    private static SortedMap<String, Long> marksOf(Plan plan) {
        SimResult result = new Simulation(new RaftSubject(), plan).run();
        assertThat(result.failure()).isEmpty();
        return result.marks();
    }

    /** With the times of production. */
    private static Plan slowPlan(long untilMillis, List<Fault> faults) {
        return ScenarioPlan.of(0, 3, faults, 100, 1_000, new PlanShape(untilMillis + 20_000, 20_000, 20_000), 1_000);
    }

    private static Plan plan(long seed, int nodes, List<Fault> faults) {
        PlanShape shape = new PlanShape(CUT_AT_MILLIS + CUT_FOR_MILLIS + 4_000, 10_000, 10_000);
        return ScenarioPlan.of(seed, nodes, faults, 50, 300, shape, 100);
    }
}
