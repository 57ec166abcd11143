package io.muster.distro.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.Simulations;
import io.muster.sim.run.SweepReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * ID1 to ID12, IX4 and IX5 for clusters of two to five members, over seeds that no build had before. One seed again: {@code -Dsim.seed=…}; the seeds of a build
 * again: {@code -Dmuster.seed=…}, which it prints; more of them: {@code -Dsim.seeds=…}.
 */
class ClusterSimulationTest {

    private static final int SEEDS = Integer.getInteger("sim.seeds", 150);
    private static final Simulations SIMULATIONS =
            Simulations.of(new ApInstances()).withShape(ApInstances.SHAPE).againBy("ClusterSimulationTest#anySeed*");

    @Test
    @SuppressWarnings("SystemOut") // who reads a build's log wants to know what was run
    void anySeed_holdsTheInvariants() {
        SweepReport report = SIMULATIONS.runFreshSeeds(SEEDS);
        System.out.println(report.toJson());
        if (report.seeds() >= 150) {
            assertThat(report.missedMarks())
                    .as("what so many runs must come to; all marks are asked of a long run")
                    .doesNotContain("verify mismatch", "groups taken over", "expired", "stale data refused");
        }
    }

    /** IX1. */
    @Test
    void theSameSeed_givesTheSameTrace() {
        SIMULATIONS.withShape(ApInstances.QUICK).requireDeterministic(1, 5);
    }

    @Test
    void whatOnceFailed_passes() {
        assertThat(SIMULATIONS.replayRegressions()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(value = ClusterBug.class, mode = Mode.EXCLUDE, names = "NONE")
    void aPlantedBug_isKilledByItsInvariant(ClusterBug bug) {
        KillMatrix.Row row = new KillMatrix(bug.shape(), 1, KillMatrix.SEEDS_MAX).hunt(bug.planted());
        System.out.printf("%s after %s seeds, by %s%n", row.bug(), row.seeds(), row.byInvariant());
        assertThat(row.killed()).as("who killed %s: %s", bug, row.byInvariant()).isTrue();
    }
}
