package io.muster.sim.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The simulations of one subject as a test calls them. What was asked for by system property comes first: {@code -Dsim.seed=N} runs that seed
 * alone, {@code -Dsim.plan=FILE} that plan alone, {@code -Dsim.shrink=false} leaves failing plans as they are, {@code -Dmuster.seed=N} is where
 * fresh seeds begin.
 *
 * <p>A failure is an {@link AssertionError} whose first line is all that it takes to see it again; its files are below {@code target/sim/}.
 */
public final class Simulations {

    private static final String SEED_PROPERTY = "sim.seed";
    private static final String PLAN_PROPERTY = "sim.plan";
    private static final String SHRINK_PROPERTY = "sim.shrink";
    private static final String FRESH_PROPERTY = "muster.seed";
    private static final Path REGRESSIONS = Path.of("src", "test", "resources", "sim-regressions");

    private final Subject subject;
    private final PlanShape shape;
    private final Path directory;

    /** The test that runs a seed again; empty if none does. */
    private final String test;

    private Simulations(Subject subject, PlanShape shape, Path directory, String test) {
        this.subject = subject;
        this.shape = shape;
        this.directory = directory;
        this.test = test;
    }

    /** Simulations with short phases, as fit for each build. */
    public static Simulations of(Subject subject) {
        return new Simulations(subject, PlanShape.SHORT, Path.of("target", "sim"), "");
    }

    public Simulations withShape(PlanShape newShape) {
        return new Simulations(subject, newShape, directory, test);
    }

    /** Where the files of failures go. */
    public Simulations reportingTo(Path newDirectory) {
        return new Simulations(subject, shape, newDirectory, test);
    }

    /**
     * What a failure says to run for the same seed again.
     *
     * @param newTest {@code Class#method}, of the module whose directory is the working directory
     */
    public Simulations againBy(String newTest) {
        return new Simulations(subject, shape, directory, newTest);
    }

    /**
     * Runs so many seeds that no build has run before, and says which: they begin with {@code -Dmuster.seed}, or the clock. What a property asks for
     * comes first, as in {@link #runSeeds}.
     */
    @SuppressWarnings("SystemOut") // what is drawn from the clock must be told
    public SweepReport runFreshSeeds(int count) {
        long first = Long.getLong(FRESH_PROPERTY, System.currentTimeMillis() * 1_000);
        System.out.println(subject.name() + ": " + count + " seeds from " + first + " on (-D" + FRESH_PROPERTY + "="
                + first + ")");
        return runSeeds(first, count);
    }

    /** Runs so many seeds, or what a property asks for; fails at the first that fails. */
    public SweepReport runSeeds(long firstSeed, int count) {
        SweepReport report = new SweepReport(subject);
        String plan = System.getProperty(PLAN_PROPERTY, "");
        if (!plan.isEmpty()) {
            Plan asked = readPlan(Path.of(plan));
            if (asked.subject().equals(subject.name())) {
                passes(report, new Simulation(subject, asked).run());
            }
            return report;
        }
        Long seed = Long.getLong(SEED_PROPERTY);
        LongStream seeds = seed == null ? LongStream.range(firstSeed, firstSeed + count) : LongStream.of(seed);
        seeds.forEach(one -> passes(report, run(one)));
        return report;
    }

    /** Runs the plan that the seed draws. */
    public SimResult run(long seed) {
        return new Simulation(subject, draw(seed)).run();
    }

    public Plan draw(long seed) {
        return new PlanDraw(subject, shape).draw(seed);
    }

    /** Runs each seed twice: the same must happen (invariant IX1). */
    public void requireDeterministic(long firstSeed, int count) {
        for (long seed = firstSeed; seed < firstSeed + count; seed++) {
            SimResult first = run(seed);
            SimResult second = run(seed);
            if (first.traceHash() != second.traceHash()) {
                throw new AssertionError("IX1 Deterministic: the same plan ran differently\n  "
                        + first.line(CodeVersion.current()) + "\n  " + second.line(CodeVersion.current()));
            }
        }
    }

    /**
     * Runs the plans that once failed, from {@code src/test/resources/sim-regressions}, as far as they are this subject's: they must pass.
     *
     * @return how many there were
     */
    public int replayRegressions() {
        return replayRegressions(REGRESSIONS);
    }

    int replayRegressions(Path plans) {
        List<Plan> mine = readPlans(plans).stream()
                .filter(plan -> plan.subject().equals(subject.name()))
                .toList();
        SweepReport report = new SweepReport(subject);
        mine.forEach(plan -> passes(report, new Simulation(subject, plan).run()));
        return mine.size();
    }

    /** Reads one stored plan. */
    public static Plan readPlan(Path file) {
        try {
            return PlanJson.read(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(file + " is no plan: " + malformed.getMessage(), malformed);
        }
    }

    private static List<Plan> readPlans(Path plans) {
        if (!Files.isDirectory(plans)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(plans)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(Simulations::readPlan)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void passes(SweepReport report, SimResult result) {
        report.add(result);
        if (!result.passed()) {
            throw new AssertionError(
                    tell(result), result.failure().orElseThrow().cause());
        }
    }

    /** Shrinks a failed run and writes its files. */
    String tell(SimResult failed) {
        boolean shrinks = Boolean.parseBoolean(System.getProperty(SHRINK_PROPERTY, "true"));
        Duration budget = shrinks ? Shrinker.BUDGET : Duration.ZERO;
        Plan shrunk = Shrinker.shrink(subject, failed, budget).plan();
        return new FailureReport(subject, directory, againBy()).write(failed, shrunk);
    }

    /** The beginning of the command that runs a seed or a plan again. */
    private String againBy() {
        String module = Path.of("").toAbsolutePath().getFileName().toString();
        return test.isEmpty()
                ? ""
                : "mvn -pl " + module + " -am test -Dtest='" + test + "' -Dsurefire.failIfNoSpecifiedTests=false ";
    }
}
