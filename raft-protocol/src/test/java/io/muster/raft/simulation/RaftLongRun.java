package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.LongRun;
import io.muster.sim.run.PlanShape;
import io.muster.sim.run.SweepReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Runs for {@code -Dsim.minutes} on all cores, then hunts each planted bug; not part of a build. */
@EnabledIfSystemProperty(named = "sim.minutes", matches = "[1-9].*")
class RaftLongRun {

    private static final int ROUNDS = 3;

    @Test
    @SuppressWarnings("SystemOut") // the report is what one runs this for
    void raft() throws InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        Duration budget = Duration.ofMinutes(LongRun.minutes());

        SweepReport report = new LongRun(new RaftSubject(), PlanShape.FULL, budget, threads)
                .run(Long.getLong("sim.seed", System.currentTimeMillis()));
        System.out.println(report.toJson());

        assertThat(report.failed()).isZero();
        assertThat(report.missedMarks()).isEmpty();
    }

    /** A survivor blocks release. */
    @Test
    @SuppressWarnings("SystemOut") // as above
    void killMatrix() {
        KillMatrix matrix = new KillMatrix(PlanShape.QUICK, ROUNDS, KillMatrix.SEEDS_MAX);
        List<KillMatrix.Row> rows = new ArrayList<>();
        for (Mutation bug : Mutation.values()) {
            rows.add(matrix.hunt(bug.planted()));
        }
        System.out.println(KillMatrix.toJson(rows));

        assertThat(rows).allMatch(KillMatrix.Row::killed);
    }
}
