package io.muster.simulation.health;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.muster.naming.registry.AuditLog;
import io.muster.sim.run.Failure;
import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.LongRun;
import io.muster.sim.run.SimResult;
import io.muster.sim.run.Simulation;
import io.muster.sim.run.Simulations;
import io.muster.sim.run.SweepReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * HO1 to HO7 and IX2 over several members (R72, X12), over the same few seeds in each build, with the planted bugs that few seeds kill. One seed again:
 * {@code -Dsim.seed=…}; more of them: {@code -Dsim.seeds=…}; for a time on all cores, with the whole kill matrix: {@code -Dsim.minutes=…}.
 */
class HealthOverlaySimulationTest {

    private static final int SEEDS = Integer.getInteger("sim.seeds", 8);

    /** In a build: some tenths of a second to a bug at most. */
    private static final int SEEDS_TO_KILL_MAX = 48;

    private static final int ROUNDS = 3;
    private static final int THREADS =
            Integer.getInteger("sim.threads", Runtime.getRuntime().availableProcessors());

    private static final Simulations SIMULATIONS = Simulations.of(new HealthOverlaySubject())
            .withShape(HealthOverlaySubject.SHAPE)
            .againBy("HealthOverlaySimulationTest#anySeed*");

    private static final Map<Logger, Level> LEVELS = new LinkedHashMap<>();

    /** Each run is days of operators' work, an audit line for each. */
    @BeforeAll
    static void quietens() {
        for (String name : List.of("io.muster", AuditLog.LOGGER)) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            LEVELS.put(logger, logger.getLevel());
            logger.setLevel(Level.OFF);
        }
    }

    @AfterAll
    static void speaksAgain() {
        LEVELS.forEach(Logger::setLevel);
    }

    @Test
    @SuppressWarnings("SystemOut") // who reads a build's log wants to know what was run
    void anySeed_holdsTheInvariants() {
        SweepReport report = SIMULATIONS.runSeeds(1, SEEDS);
        System.out.println(report.toJson());
        assertThat(report.failed()).isZero();
    }

    /** IX1. */
    @Test
    void theSameSeed_givesTheSameTrace() {
        SIMULATIONS.requireDeterministic(1, 1);
    }

    @Test
    void whatOnceFailed_passes() {
        assertThat(SIMULATIONS.replayRegressions()).isPositive();
    }

    /** Else these plans would no longer tell anything. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "health-overlays-an-earlier-word-comes-back-with-a-later-one",
                "health-overlays-what-was-taken-back-comes-back-with-a-later-word"
            })
    void whatOnceFailed_failsWhereEarlierWordsAreSaidAnew(String plan) {
        Path file = Path.of("src", "test", "resources", "sim-regressions", plan + ".json");

        SimResult result = new Simulation(
                        new HealthOverlaySubject(HealthBug.EARLIER_WORDS_ARE_SAID_ANEW), Simulations.readPlan(file))
                .run();

        assertThat(result.failure().map(Failure::invariant)).contains("HO6");
    }

    /** Those that take dozens of seeds are left to {@link #killMatrix}. */
    @ParameterizedTest
    @EnumSource(
            value = HealthBug.class,
            mode = Mode.EXCLUDE,
            names = {"NONE", "NOTHING_IS_SOON", "A_FLIP_IS_ASKED_FOR_ONCE", "DELETES_ALL_THERE_IS"})
    void aPlantedBug_isKilledByItsInvariant(HealthBug bug) {
        KillMatrix.Row row = new KillMatrix(HealthOverlaySubject.SHAPE, 1, SEEDS_TO_KILL_MAX).hunt(bug.planted());
        System.out.println(row.line());
        assertThat(row.killed()).as("%s", row).isTrue();
    }

    @Test
    @EnabledIfSystemProperty(named = "sim.minutes", matches = "[1-9].*")
    @SuppressWarnings("SystemOut") // the report is what one runs this for
    void forLong() throws InterruptedException {
        Duration budget = Duration.ofMinutes(LongRun.minutes());

        SweepReport report = new LongRun(new HealthOverlaySubject(), HealthOverlaySubject.SHAPE, budget, THREADS)
                .run(Long.getLong("sim.seed", System.currentTimeMillis()));
        System.out.println(report.toJson());

        assertThat(report.failed()).isZero();
        assertThat(report.missedMarks()).isEmpty();
    }

    /** A survivor blocks release. */
    @Test
    @EnabledIfSystemProperty(named = "sim.minutes", matches = "[1-9].*")
    @SuppressWarnings("SystemOut") // as above
    void killMatrix() throws InterruptedException {
        List<KillMatrix.PlantedBug> bugs = Arrays.stream(HealthBug.values())
                .filter(bug -> bug != HealthBug.NONE)
                .map(HealthBug::planted)
                .toList();
        List<KillMatrix.Row> rows = new KillMatrix(HealthOverlaySubject.SHAPE, ROUNDS, KillMatrix.SEEDS_MAX)
                .huntAll(bugs, THREADS, row -> System.out.println(row.line()));
        System.out.println(KillMatrix.toJson(rows));

        assertThat(rows).allMatch(KillMatrix.Row::killed);
    }
}
