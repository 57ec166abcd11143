package io.muster.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.PlanShape;
import io.muster.sim.run.Simulations;
import io.muster.sim.run.SweepReport;
import io.muster.sim.run.TraceHashes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine in a cluster, under faults ({@code docs/simulation.md} tells how to see a failure again). */
class RaftSimulationTest {

    private static final int SEEDS = 150;
    private static final int JDK_SEEDS = 20;
    private static final int BUG_SEEDS_MAX = 120;

    private final Simulations simulations = Simulations.of(new RaftSubject()).againBy("RaftSimulationTest#seeds*");

    /** Other ones in each build. IR1 to IR15, IL1, IL2, IL4, IL5, IX4; requirements R10 to R24, R29, R33. */
    @Test
    void seeds_holdAllInvariants() {
        SweepReport report = simulations.runFreshSeeds(SEEDS);

        assertThat(report.failed()).isZero();
        assertThat(report.marks()).as("so that the runs mean something").containsKey("writes acknowledged");
    }

    /** IX1. */
    @Test
    void sameSeed_sameTrace() {
        simulations.requireDeterministic(1, 5);
    }

    /** IX1 with {@code -Dsim.java}, the path of another JDK's {@code java}. */
    @Test
    @EnabledIfSystemProperty(named = "sim.java", matches = ".+")
    void sameSeed_sameTraceOnAnotherJdk() throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process other = new ProcessBuilder(
                        System.getProperty("sim.java"),
                        "-cp",
                        classPath,
                        TraceHashes.class.getName(),
                        RaftSubject.class.getName(),
                        "1",
                        String.valueOf(JDK_SEEDS))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();

        String here = TraceHashes.of(new RaftSubject(), 1, JDK_SEEDS);

        assertThat(new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(here);
    }

    @Test
    void storedPlans_pass() {
        assertThat(simulations.replayRegressions()).isPositive();
    }

    /** The checks bite. */
    @ParameterizedTest
    @MethodSource("bugsFoundSoon")
    void plantedBug_isKilledByANamedInvariant(Mutation bug) {
        KillMatrix.Row row = new KillMatrix(PlanShape.QUICK, 1, BUG_SEEDS_MAX).hunt(bug.planted());

        assertThat(row.killed()).as("%s", row).isTrue();
    }

    private static Iterable<Mutation> bugsFoundSoon() {
        return Mutation.foundSoon();
    }
}
