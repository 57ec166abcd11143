package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.Simulations;
import io.muster.sim.run.SweepReport;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists that differ from node to node, half-written, spoilt, stale, and switched sources, under faults: IX3, X4, and no two majorities (design §4, §6). */
class ListsSimulationTest {

    private static final int SEEDS = Integer.getInteger("muster.lists.seeds", 12);
    private static final int BUG_SEEDS_MAX = 60;

    private final Simulations simulations =
            Simulations.of(new ListsSubject()).withShape(ListsSubject.SHAPE).againBy("ListsSimulationTest#seeds*");

    /** Other ones in each build. */
    @Test
    void seeds_holdAllInvariants() {
        SweepReport report = simulations.runFreshSeeds(SEEDS);

        assertThat(report.failed()).isZero();
        assertThat(report.marks())
                .as("so that the runs mean something")
                .containsKeys("writes acknowledged", "list of some taken", "list of all taken");
    }

    /** IX1. */
    @Test
    void sameSeed_sameTrace() {
        simulations.requireDeterministic(1, 2);
    }

    /** The checks bite. */
    @ParameterizedTest
    @MethodSource("bugs")
    @SuppressWarnings("SystemOut") // the matrix is told
    void plantedBug_isKilledByANamedInvariant(ListBug bug) {
        KillMatrix.Row row = new KillMatrix(ListsSubject.SHAPE, 1, BUG_SEEDS_MAX).hunt(new ListsSubject(bug).planted());

        System.out.println(row.line());
        assertThat(row.killed()).as("%s", row).isTrue();
    }

    /** Those whose names begin with what {@code -Dsim.bugs} says. */
    private static List<ListBug> bugs() {
        List<String> names = List.of(System.getProperty("sim.bugs", "").split(",", -1));
        return EnumSet.complementOf(EnumSet.of(ListBug.NONE)).stream()
                .filter(bug -> names.stream().anyMatch(bug.name()::startsWith))
                .toList();
    }
}
