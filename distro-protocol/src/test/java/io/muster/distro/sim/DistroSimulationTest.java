package io.muster.distro.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * ID2, ID3, ID4, ID6, ID7, ID9, ID12, IX1 and X13 for one member, over seeds. One seed again: {@code -Dsim.seed=…}; more of them:
 * {@code -Dsim.seeds=…}.
 */
class DistroSimulationTest {

    private static final int SEEDS = Integer.getInteger("sim.seeds", 150);
    private static final int SEEDS_TO_KILL_MAX = 500;

    @Test
    void anySeed_holdsTheInvariants() {
        Long only = Long.getLong("sim.seed");
        if (only != null) {
            run(only, PlantedBug.NONE);
            return;
        }
        long events = 0;
        int crashes = 0;
        Set<String> coverage = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            DistroRun.Result result = run(seed, PlantedBug.NONE);
            events += result.events();
            crashes += result.crashes();
            coverage.addAll(result.coverage());
        }
        assertThat(events).as("the runs were no idle ones").isGreaterThan(SEEDS * 20L);
        assertThat(crashes).as("servers crashed").isGreaterThan(SEEDS / 10);
        assertThat(coverage)
                .as("marks that every long enough set of runs must see")
                .contains(
                        "beat in flight",
                        "cold start",
                        "expired",
                        "expired and buried",
                        "expiry suspended",
                        "marked unhealthy",
                        "revived",
                        "stale data refused");
        System.out.printf("%d seeds, %d events, %d crashes, seen: %s%n", SEEDS, events, crashes, coverage);
    }

    /** IX1. */
    @Test
    void theSameSeed_givesTheSameTrace_andAnotherOneAnother() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(run(seed, PlantedBug.NONE)).isEqualTo(run(seed, PlantedBug.NONE));
        }
        assertThat(run(1, PlantedBug.NONE).trace())
                .isNotEqualTo(run(2, PlantedBug.NONE).trace());
    }

    @ParameterizedTest
    @EnumSource(value = PlantedBug.class, mode = Mode.EXCLUDE, names = "NONE")
    void aPlantedBug_isKilledByItsInvariant(PlantedBug bug) {
        Map<String, Integer> kills = new TreeMap<>();
        for (long seed = 0; seed < SEEDS_TO_KILL_MAX; seed++) {
            try {
                new DistroRun(seed, bug).run();
            } catch (Violation found) {
                kills.merge(found.invariant(), 1, Integer::sum);
                if (found.invariant().equals(bug.invariant())) {
                    System.out.printf("%s killed by %s at seed %d%n", bug, found.invariant(), seed);
                    return;
                }
            }
        }
        assertThat(kills).as("who killed %s", bug).containsKey(bug.invariant());
    }

    private static DistroRun.Result run(long seed, PlantedBug bug) {
        try {
            return new DistroRun(seed, bug).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": rerun with -Dsim.seed=" + seed + ": " + e.getMessage(), e);
        }
    }
}
