package io.muster.distro.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.Simulations;
import io.muster.sim.run.SweepReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** ID1 to ID12 for clusters of two to five members, over seeds. One seed again: {@code -Dsim.seed=…}; more of them: {@code -Dsim.seeds=…}. */
class ClusterSimulationTest {

    private static final int SEEDS = Integer.getInteger("sim.seeds", 150);

    @Test
    void anySeed_holdsTheInvariants() {
        SweepReport report =
                Simulations.of(new ApInstances()).withShape(ApInstances.SHAPE).runSeeds(0, SEEDS);
        System.out.println(report.toJson());
        if (report.seeds() >= 150) {
            assertThat(report.missedMarks())
                    .as("marks that so many runs must hit")
                    .isEmpty();
        }
    }

    /** IX1. */
    @Test
    void theSameSeed_givesTheSameTrace() {
        Simulations.of(new ApInstances()).withShape(ApInstances.QUICK).requireDeterministic(0, 5);
    }

    @Test
    void whatOnceFailed_passes() {
        Simulations.of(new ApInstances()).replayRegressions();
    }

    @ParameterizedTest
    @EnumSource(value = ClusterBug.class, mode = Mode.EXCLUDE, names = "NONE")
    void aPlantedBug_isKilledByItsInvariant(ClusterBug bug) {
        KillMatrix matrix = new KillMatrix(bug.shape(), 1, KillMatrix.SEEDS_MAX);
        KillMatrix.Row row = matrix.hunt(new KillMatrix.PlantedBug(bug.name(), new ApInstances(bug), bug.invariants()));
        System.out.printf("%s after %s seeds, by %s%n", row.bug(), row.seeds(), row.byInvariant());
        assertThat(row.killed()).as("who killed %s: %s", bug, row.byInvariant()).isTrue();
    }
}
