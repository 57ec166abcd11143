package io.muster.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The rules hold among up to six changing members, whatever the network, the disks and the processes do; and the checks bite. */
class CoreClusterTest {

    private static final int SEEDS = 120;
    private static final int BUG_SEEDS = 500;
    private static final int STEPS = 4_000;

    @Test
    void seeds_holdAllInvariants_andMakeProgressWhenHealed() {
        long committed = 0;
        long terms = 0;
        TreeSet<String> marks = new TreeSet<>();
        long first = Long.getLong("core.seed", 0);
        for (long seed = first; seed < first + SEEDS; seed++) {
            CoreCluster cluster = new CoreCluster(seed, PlantedRule.NONE);
            try {
                cluster.run(STEPS);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            marks.addAll(cluster.observer().marks());
            committed += cluster.observer().committedCount();
            terms += cluster.observer().termsLed();
        }
        assertThat(committed).isGreaterThan(20L * SEEDS);
        assertThat(terms).as("elections among them").isGreaterThan(2L * SEEDS);
        assertThat(marks)
                .as("what the runs must have met")
                .contains(
                        "Discarded",
                        "DropChunks",
                        "ReadAt",
                        "ReadRefused",
                        "Refused",
                        "handed over",
                        "installed, log dropped",
                        "joint committed",
                        "kept leading",
                        "members FINE",
                        "members IN_PROGRESS",
                        "members NOT_CAUGHT_UP",
                        "members NOT_EFFECTIVE",
                        "members REMOVES_HALF");
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void bug_isKilledByANamedInvariant(PlantedRule bug) {
        String found = "survived";
        for (long seed = 0; seed < BUG_SEEDS && "survived".equals(found); seed++) {
            try {
                new CoreCluster(seed, bug).run(STEPS);
            } catch (AssertionError | RuntimeException e) {
                found = String.valueOf(e.getMessage());
            }
        }
        List<String> killers = Arrays.asList(bug.killers().split("[: ]+"));
        String invariant = found.split(":")[0];
        assertThat(killers).as(found).contains(invariant);
    }
}
