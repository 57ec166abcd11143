package io.muster.sim.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * As many seeds as a budget of real time allows, one run for each thread at a time. A failure is told and does not end it, up to a bound.
 *
 * <p>Tests ask {@link #minutes} whether one was asked for ({@code -Dsim.minutes=5}); {@link #main} runs any subject on its class path.
 */
public final class LongRun {

    private static final String MINUTES_PROPERTY = "sim.minutes";
    private static final String SEED_PROPERTY = "sim.seed";
    private static final int MINUTES_DEFAULT = 5;

    /** Failures are shrunk one after another, each for its time; after so many the rest is only counted. */
    private static final int FAILURES_SHRUNK_MAX = 5;

    private final Subject subject;
    private final Simulations simulations;
    private final Duration budget;
    private final int threads;

    /** @param budget real time after which no seed is begun any more */
    public LongRun(Subject subject, PlanShape shape, Duration budget, int threads) {
        this.subject = subject;
        this.simulations = Simulations.of(subject).withShape(shape);
        this.budget = budget;
        this.threads = threads;
    }

    /** The minutes that {@code -Dsim.minutes} asks for, or 0. */
    public static int minutes() {
        return Integer.getInteger(MINUTES_PROPERTY, 0);
    }

    /**
     * Runs seeds from a first one on; all cores if so many threads were asked for.
     *
     * @throws InterruptedException if the waiting thread is interrupted; the runs under way end by themselves
     */
    public SweepReport run(long firstSeed) throws InterruptedException {
        SweepReport report = new SweepReport(subject);
        AtomicLong nextSeed = new AtomicLong(firstSeed);
        long began = System.nanoTime();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(() -> work(report, nextSeed, began), "sim-" + i);
            workers.add(worker);
            worker.start();
        }
        for (Thread worker : workers) {
            worker.join();
        }
        report.took(Duration.ofNanos(System.nanoTime() - began));
        return report;
    }

    private void work(SweepReport report, AtomicLong nextSeed, long began) {
        while (System.nanoTime() - began < budget.toNanos()) {
            long seed = nextSeed.getAndIncrement();
            SimResult result;
            try {
                result = simulations.run(seed);
            } catch (OutOfMemoryError | StackOverflowError blown) {
                report.addAborted("seed=" + seed + " outgrew this process: " + blown);
                continue;
            }
            report.add(result);
            if (!result.passed()) {
                boolean shrinks = report.failed() <= FAILURES_SHRUNK_MAX;
                report.addFailure(shrinks ? simulations.tell(result) : result.line(CodeVersion.current()));
            }
        }
    }

    /**
     * {@code LongRun CLASS [MINUTES]}: runs the subject of this class, which has a constructor without parameters, and prints the report as JSON.
     * Ends with status 1 if a run failed or a required mark was missed. {@code -Dsim.seed} sets the first seed, else the wall clock does.
     */
    @SuppressWarnings("SystemOut") // the report is this command's output
    public static void main(String[] arguments) throws ReflectiveOperationException, InterruptedException {
        if (arguments.length < 1) {
            System.err.println("usage: LongRun SUBJECT_CLASS [MINUTES]");
            System.exit(2);
        }
        Subject subject = Class.forName(arguments[0])
                .asSubclass(Subject.class)
                .getDeclaredConstructor()
                .newInstance();
        int minutes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : MINUTES_DEFAULT;
        long firstSeed = Long.getLong(SEED_PROPERTY, System.currentTimeMillis());
        int threads = Runtime.getRuntime().availableProcessors();
        SweepReport report = new LongRun(subject, PlanShape.FULL, Duration.ofMinutes(minutes), threads).run(firstSeed);
        System.out.print(report.toJson());
        System.exit(report.failed() == 0 && report.missedMarks().isEmpty() ? 0 : 1);
    }
}
