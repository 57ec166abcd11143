package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.Failure;
import io.muster.sim.run.Fault;
import io.muster.sim.run.FaultKind;
import io.muster.sim.run.Operation;
import io.muster.sim.run.Plan;
import io.muster.sim.run.PlanShape;
import io.muster.sim.run.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Planted bugs that need what chance seldom brings together ({@code spec/simulation.md} §10): each is brought about here, and noticed by the invariant that is
 * named for it. Without the bug the same plans pass.
 */
class RareBugScenarioTest {

    private static final int SEEDS = 20;

    private static final PlanShape SHAPE = new PlanShape(20_000, 10_000, 10_000);
    private static final long AT_MILLIS = 8_000;

    /** What happens, by the bug that it brings to light; the first machine founds and leads. */
    private enum Scenario {

        /** The old leader, cut off, has the longest log, of an old term; the others have a shorter one of a newer term, and have to elect again. */
        LONG_OLD_LOG(Mutation.M06_LENGTH_BEFORE_TERM) {
            @Override
            void happens(List<Fault> faults, List<Operation> operations) {
                faults.add(Fault.at(AT_MILLIS, FaultKind.CUT_ISOLATE, 3_000, List.of(0), 0, 0));
                for (int i = 1; i < 5; i++) {
                    operations.add(new Operation(AT_MILLIS + 10L * i, 0, Registers.BURST, "k0", 0));
                }
                faults.add(Fault.at(AT_MILLIS + 2_990, FaultKind.KILL, 300, List.of(1), 0, 0));
                faults.add(Fault.at(AT_MILLIS + 2_990, FaultKind.KILL, 300, List.of(2), 0, 0));
            }
        },

        /** The log rots on one node, which is then started anew. */
        ROTTEN_LOG(Mutation.M26_DAMAGE_CUT_OFF_AS_A_TORN_TAIL) {
            @Override
            void happens(List<Fault> faults, List<Operation> operations) {
                for (int flip = 0; flip < 8; flip++) {
                    faults.add(Fault.at(AT_MILLIS, FaultKind.DISK_FLIP, 0, List.of(2), 0, flip));
                }
                faults.add(Fault.at(AT_MILLIS + 500, FaultKind.KILL, 500, List.of(2), 0, 0));
            }
        };

        private final Mutation bug;

        Scenario(Mutation bug) {
            this.bug = bug;
        }

        abstract void happens(List<Fault> faults, List<Operation> operations);

        Plan plan(long seed) {
            List<Fault> faults = new ArrayList<>();
            List<Operation> operations = new ArrayList<>();
            happens(faults, operations);
            Plan quiet = ScenarioPlan.of(seed, 3, faults, 50, 300, SHAPE, 100);
            operations.addAll(quiet.operations());
            return new Plan(
                    quiet.subject(),
                    seed,
                    quiet.nodes(),
                    quiet.knobs(),
                    quiet.shape(),
                    quiet.noise(),
                    quiet.coreOrder(),
                    quiet.coreFate(),
                    faults,
                    operations);
        }

        Optional<String> broken(PlantedBug planted, long seed) {
            return new Simulation(new RaftSubject(planted), plan(seed))
                    .run()
                    .failure()
                    .map(Failure::invariant);
        }
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void plantedBug_isKilledByANamedInvariant(Scenario scenario) {
        TreeSet<String> broken = new TreeSet<>();
        for (int seed = 0; seed < SEEDS && broken.stream().noneMatch(scenario.bug.expected()::contains); seed++) {
            scenario.broken(scenario.bug, seed).ifPresent(broken::add);
        }

        assertThat(broken).containsAnyElementsOf(scenario.bug.expected());
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void withoutTheBug_nothingIsBroken(Scenario scenario) {
        for (int seed = 0; seed < 3; seed++) {
            assertThat(scenario.broken(PlantedBug.NONE, seed))
                    .as("seed %s", seed)
                    .isEmpty();
        }
    }
}
