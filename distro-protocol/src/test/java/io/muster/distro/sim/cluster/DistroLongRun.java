package io.muster.distro.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.LongRun;
import io.muster.sim.run.SweepReport;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Runs for {@code -Dsim.minutes} on all cores, then hunts each planted bug; not part of a build. */
@EnabledIfSystemProperty(named = "sim.minutes", matches = "[1-9].*")
class DistroLongRun {

    private static final int ROUNDS = Integer.getInteger("sim.rounds", 3);
    private static final int THREADS =
            Integer.getInteger("sim.threads", Runtime.getRuntime().availableProcessors());

    @Test
    @SuppressWarnings("SystemOut") // the report is what one runs this for
    void distro() throws InterruptedException {
        Duration budget = Duration.ofMinutes(LongRun.minutes());

        SweepReport report = new LongRun(new ApInstances(), ApInstances.LONG, budget, THREADS)
                .run(Long.getLong("sim.seed", System.currentTimeMillis()));
        System.out.println(report.toJson());

        assertThat(report.failed()).isZero();
        assertThat(report.missedMarks()).isEmpty();
    }

    /** By {@code -Dsim.bugs=N06,N21}; all of them by default. */
    private static boolean isWanted(ClusterBug bug) {
        String wanted = System.getProperty("sim.bugs", "");
        return wanted.isEmpty() || Arrays.stream(wanted.split(",")).anyMatch(bug.name()::startsWith);
    }

    /** A survivor blocks release. */
    @Test
    @SuppressWarnings("SystemOut") // as above
    void killMatrix() throws InterruptedException {
        List<KillMatrix.PlantedBug> bugs = Arrays.stream(ClusterBug.values())
                .filter(bug -> bug != ClusterBug.NONE && isWanted(bug))
                .map(ClusterBug::planted)
                .toList();
        List<KillMatrix.Row> rows = new KillMatrix(ApInstances.SHAPE, ROUNDS, KillMatrix.SEEDS_MAX)
                .huntAll(bugs, THREADS, row -> System.out.println(row.line()));
        System.out.println(KillMatrix.toJson(rows));

        assertThat(rows).allMatch(KillMatrix.Row::killed);
    }
}
