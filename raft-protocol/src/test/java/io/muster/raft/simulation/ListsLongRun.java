package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.LongRun;
import io.muster.sim.run.SweepReport;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Runs with lists that differ, for {@code -Dsim.minutes} on all cores, or hunts each of their planted bugs; not part of a build. */
@EnabledIfSystemProperty(named = "sim.minutes", matches = "[1-9].*")
class ListsLongRun {

    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final int BUG_SEEDS_MAX = 200;

    @Test
    @SuppressWarnings("SystemOut") // the report is what one runs this for
    void lists() throws InterruptedException {
        SweepReport report = new LongRun(
                        new ListsSubject(), ListsSubject.LONG, Duration.ofMinutes(LongRun.minutes()), THREADS)
                .run(Long.getLong("sim.seed", System.currentTimeMillis()));
        System.out.println(report.toJson());

        assertThat(report.failed()).isZero();
        assertThat(report.missedMarks()).isEmpty();
    }

    /** A survivor blocks release. {@code -Dsim.rounds}, {@code -Dsim.bugs=WISH,STRANGERS}. */
    @Test
    @SuppressWarnings("SystemOut") // the matrix is told
    void killMatrix() throws InterruptedException {
        int rounds = Integer.getInteger("sim.rounds", RaftKillMatrix.ROUNDS_DEFAULT);
        List<String> names = List.of(System.getProperty("sim.bugs", "").split(",", -1));
        List<KillMatrix.PlantedBug> bugs = Arrays.stream(ListBug.values())
                .filter(bug -> bug != ListBug.NONE)
                .filter(bug -> names.stream().anyMatch(bug.name()::startsWith))
                .map(ListBug::planted)
                .toList();

        assertThat(new KillMatrix(ListsSubject.LONG, rounds, BUG_SEEDS_MAX)
                        .huntAll(bugs, THREADS, row -> System.out.println(row.line())))
                .isNotEmpty()
                .allMatch(KillMatrix.Row::killed);
    }
}
