package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.Simulations;
import io.muster.sim.run.SweepReport;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists that differ from node to node, half-written, spoilt, stale, and switched sources, under faults: IX3, X4, and no two majorities (design §4, §6). */
class ListsSimulationTest {

    private static final int SEEDS = Integer.getInteger("muster.lists.seeds", 3);
    private static final int BUG_SEEDS_MAX = 60;

    private final Simulations simulations =
            Simulations.of(new ListsSubject()).withShape(ListsSubject.SHORT).againBy("ListsSimulationTest#seeds*");

    /** Other ones in each build. */
    @Test
    void seeds_holdAllInvariants() {
        SweepReport report = simulations.runFreshSeeds(SEEDS);

        assertThat(report.failed()).isZero();
    }

    /** Always the same ones, since few seeds don't do everything. */
    @Test
    void fixedSeeds_editListsAndWrite() {
        SweepReport report = simulations.runSeeds(1, 2);

        assertThat(report.marks())
                .as("so that the runs mean something")
                .containsKeys("writes acknowledged", "list of some taken", "list of all taken");
    }

    /** IX1. */
    @Test
    void sameSeed_sameTrace() {
        simulations.requireDeterministic(1, 1);
    }

    @Test
    void storedPlans_pass() {
        assertThat(simulations.replayRegressions()).isPositive();
    }

    /** The checks bite; for the rest of the bugs see {@link ListsLongRun}. */
    @ParameterizedTest
    @MethodSource("bugsFoundSoon")
    void plantedBug_isKilledByANamedInvariant(ListBug bug) {
        KillMatrix.Row row = new KillMatrix(ListsSubject.SHORT, 1, BUG_SEEDS_MAX).hunt(bug.planted());

        assertThat(row.killed()).as("%s", row).isTrue();
    }

    private static Set<ListBug> bugsFoundSoon() {
        return ListBug.foundSoon();
    }
}
