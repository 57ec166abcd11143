package io.muster.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.Simulations;
import io.muster.sim.run.SweepReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** ID8, ID11 and IX3 where clients see them; X13: no false empty or shrunk list because servers die, restart, pause or come back, one or all of them. */
class SubscribersSimulationTest {

    private static final int SEEDS = Integer.getInteger("sim.seeds", 60);
    private static final Simulations SIMULATIONS = Simulations.of(new SubscribersSubject())
            .withShape(SubscribersSubject.SHAPE)
            .againBy("SubscribersSimulationTest#anySeed*");

    @Test
    @SuppressWarnings("SystemOut") // who reads a build's log wants to know what was run
    void anySeed_holdsTheInvariants() {
        SweepReport report = SIMULATIONS.runFreshSeeds(SEEDS);
        System.out.println(report.toJson());
        assertThat(report.failed()).isZero();
    }

    /** IX1. */
    @Test
    void theSameSeed_givesTheSameTrace() {
        SIMULATIONS.requireDeterministic(1, 3);
    }

    @Test
    void whatOnceFailed_passes() {
        assertThat(SIMULATIONS.replayRegressions()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(value = JointBug.class, mode = Mode.EXCLUDE, names = "NONE")
    void aPlantedBug_isKilledByItsInvariant(JointBug bug) {
        KillMatrix.Row row = new KillMatrix(SubscribersSubject.SHAPE, 1, KillMatrix.SEEDS_MAX).hunt(bug.planted());
        System.out.println(row.line());
        assertThat(row.killed()).as("%s", row).isTrue();
    }
}
