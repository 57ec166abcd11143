package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.LongRun;
import io.muster.sim.run.PlanShape;
import io.muster.sim.run.SweepReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Runs for {@code -Dsim.minutes} on all cores, or hunts planted bugs until each is found; not part of a build. */
@EnabledIfSystemProperty(named = "sim.minutes", matches = "[1-9].*")
class RaftLongRun {

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
        assertThat(100 * report.marks().getOrDefault(CoverageMarks.UNDECIDED, 0L))
                .as("histories without an answer")
                .isLessThan(report.marks().get(CoverageMarks.HISTORIES));
    }

    /** A survivor blocks release. {@code -Dsim.rounds}, {@code -Dsim.bugs=M06,M31}. */
    @Test
    void killMatrix() throws InterruptedException {
        int rounds = Integer.getInteger("sim.rounds", RaftKillMatrix.ROUNDS_DEFAULT);
        List<String> names = List.of(System.getProperty("sim.bugs", "").split(","));

        assertThat(RaftKillMatrix.hunt(rounds, names)).allMatch(KillMatrix.Row::killed);
    }
}
