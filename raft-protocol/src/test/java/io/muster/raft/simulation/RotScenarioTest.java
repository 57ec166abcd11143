package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.port.Disk;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.run.Failure;
import io.muster.sim.run.Fault;
import io.muster.sim.run.FaultKind;
import io.muster.sim.run.Operation;
import io.muster.sim.run.Plan;
import io.muster.sim.run.PlanShape;
import io.muster.sim.run.SimResult;
import io.muster.sim.run.Simulation;
import io.muster.sim.run.Simulations;
import io.muster.sim.run.SweepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What rots on one node while a majority is whole is repaired from the others, and nobody has to do anything (R15, IR14, IR15). */
class RotScenarioTest {

    private static final long ROT_AT_MILLIS = 8_000;
    private static final long STOP_AT_MILLIS = 20_000;

    /** Long enough for the old node to have been absent from the list for a minute, after which it is replaced as a voter. */
    private static final long CHAOS_MILLIS = 100_000;

    /** All vote by then. */
    private static final long LEFT_ALONE_AT_MILLIS = 8_000;

    private static final int FLIPS = 8;

    /** The first machine founds and leads. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void nodeWhoseLogRots_comesBackAsANewOne_andVotesInTheEnd(int node) {
        List<Fault> faults = new ArrayList<>();
        for (int flip = 0; flip < FLIPS; flip++) {
            faults.add(Fault.at(ROT_AT_MILLIS, FaultKind.DISK_FLIP, 0, List.of(node), 0, flip));
        }
        faults.add(Fault.at(STOP_AT_MILLIS, FaultKind.KILL, 1_000, List.of(node), 0, 0));

        SortedMap<String, Long> marks = marksOf(faults);

        assertThat(marks).containsKey(CoverageMarks.REPAIRED);
        assertThat(marks).containsKey(CoverageMarks.ALL_VOTE);
    }

    /** Beyond what a group stands: nobody may serve in its place, and it says what is damaged (design §4, "Storage"). */
    @Test
    void onlyVoterWhoseLogRots_staysAway_andTheOthersStandStill() {
        List<Fault> faults = new ArrayList<>();
        for (int flip = 0; flip < FLIPS; flip++) {
            faults.add(Fault.at(LEFT_ALONE_AT_MILLIS + 2_000, FaultKind.DISK_FLIP, 0, List.of(0), 0, flip));
        }
        faults.add(Fault.at(STOP_AT_MILLIS, FaultKind.KILL, 1_000, List.of(0), 0, 0));
        List<Operation> removals = List.of(
                new Operation(LEFT_ALONE_AT_MILLIS - 2_000, 1, Operators.PAUSE, "k1", 0),
                new Operation(LEFT_ALONE_AT_MILLIS - 1_000, 1, Operators.REMOVE, "k0", 1),
                new Operation(LEFT_ALONE_AT_MILLIS, 1, Operators.REMOVE, "k0", 2));

        SimResult result = new Simulation(new RaftSubject(), plan(faults, removals)).run();

        assertThat(result.failure()).isEmpty();
        assertThat(result.marks()).containsKey(CoverageMarks.HALTED);
    }

    /** What excuses a group of one excuses no other. */
    @Test
    void memberThatDoesNotStart_thoughOthersHaveWhatWasDecided_isNoticed() {
        PlantedBug forgetsTheOthers = new PlantedBug() {
            @Override
            public Disk around(Disk disk, SimProcess process) {
                return new LonelyDisk(disk);
            }
        };
        List<Fault> faults = new ArrayList<>();
        for (int flip = 0; flip < FLIPS; flip++) {
            faults.add(Fault.at(ROT_AT_MILLIS, FaultKind.DISK_FLIP, 0, List.of(1), 0, flip));
        }
        faults.add(Fault.at(STOP_AT_MILLIS, FaultKind.KILL, 1_000, List.of(1), 0, 0));

        SimResult result = new Simulation(new RaftSubject(forgetsTheOthers), plan(faults, List.of())).run();

        assertThat(result.failure()).map(Failure::invariant).contains("RecoveryFaithful");
    }

    /** It lands in the same file, within some sectors; by the time of the next start the log's marks have passed it. */
    @Test
    void misdirectedWrite_isNoticedAtTheNextStart_orDidNoHarm() {
        long repaired = 0;
        for (int step = 0; step < 5; step++) {
            long at = ROT_AT_MILLIS + 13L * step;
            SortedMap<String, Long> marks = marksOf(List.of(
                    Fault.at(at, FaultKind.DISK_MISDIRECT, 0, List.of(1), 0, step),
                    Fault.at(STOP_AT_MILLIS, FaultKind.KILL, 1_000, List.of(1), 0, 0)));

            assertThat(marks).containsKey(CoverageMarks.ALL_VOTE);
            repaired += marks.getOrDefault(CoverageMarks.REPAIRED, 0L);
        }
        assertThat(repaired).isPositive();
    }

    /** M31 without its bug. */
    @Test
    void stateThatGoesWrongInMemory_isRepaired_andSpreadsToNobody() {
        PlantedBug memoryLies = new PlantedBug() {
            @Override
            public boolean stateRots() {
                return true;
            }
        };

        SweepReport report = Simulations.of(new RaftSubject(memoryLies))
                .withShape(PlanShape.QUICK)
                .runSeeds(1, 20);

        assertThat(report.marks()).containsKey(CoverageMarks.STATE_REPAIRED);
    }

    private static SortedMap<String, Long> marksOf(List<Fault> faults) {
        SimResult result = new Simulation(new RaftSubject(), plan(faults, List.of())).run();
        assertThat(result.failure()).isEmpty();
        return result.marks();
    }

    private static Plan plan(List<Fault> faults, List<Operation> operators) {
        return ScenarioPlan.of(1, 3, faults, operators, 50, 300, new PlanShape(CHAOS_MILLIS, 10_000, 10_000), 100);
    }
}
