package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation can fail: each planted bug is found by an invariant that it is expected to break, within a bound of seeds. */
class PlantedBugTest {

    private static final int SEEDS_MAX = 60;

    @ParameterizedTest
    @EnumSource
    void bug_isKilledByANamedInvariant(PlantedBug bug) {
        for (long seed = 0; seed < SEEDS_MAX; seed++) {
            Optional<Violation> found = violation(bug, seed);
            if (found.isPresent()) {
                System.out.println(bug + " killed by " + found.get().invariant() + " at seed " + seed);
                assertThat(bug.killers())
                        .as(found.get().getMessage())
                        .contains(found.get().invariant());
                return;
            }
        }
        throw new AssertionError(bug + " survived " + SEEDS_MAX + " seeds");
    }

    private static Optional<Violation> violation(PlantedBug bug, long seed) {
        try {
            new StandaloneSimulation(seed)
                    .diskBug(bug.diskSeam())
                    .coreBug(bug.coreSeam())
                    .run();
            return Optional.empty();
        } catch (Violation violation) {
            return Optional.of(violation);
        }
    }
}
