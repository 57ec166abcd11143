package io.muster.bench.ephemeral;

import io.muster.bench.load.BeatingClient;
import io.muster.bench.load.HeapHistogram;
import io.muster.bench.load.Population;
import io.muster.bench.process.OtherLoad;
import io.muster.bench.process.Spread;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code paused-peer}: one of three nodes hangs with open sockets for long, while instances beat, come and go through the other
 * two. Does that cost the others memory or their clients time (X17), and how soon after it are all equal?
 */
@Command(
        name = "paused-peer",
        mixinStandardHelpOptions = true,
        description =
                "Heap and beat latency of two nodes while the third hangs, and the time until all are equal after.")
public final class PausedPeer implements Callable<Integer> {

    private static final int NODES = 3;
    private static final int REGISTRATION_MINUTES_MAX = 10;
    private static final Duration EQUAL_WITHIN = Duration.ofMinutes(2);
    private static final double CONVERGED_SECONDS_GOAL = 5;
    private static final double LATENCY_GROWTH_MAX = 1.2;

    /** For a full collection to be over, and what it held up. */
    private static final int SETTLE_SECONDS = 5;

    @Option(names = "--minutes", defaultValue = "15", description = "of the pause (${DEFAULT-VALUE})")
    private int minutes;

    @Option(names = "--before", defaultValue = "5", description = "minutes to compare with (${DEFAULT-VALUE})")
    private int minutesBefore;

    @Option(names = "--minute", defaultValue = "60", description = "seconds of such a minute (${DEFAULT-VALUE})")
    private int minuteSeconds;

    @Option(names = "--instances", defaultValue = "20000", description = "that beat (${DEFAULT-VALUE})")
    private int instances;

    @Option(names = "--churn", defaultValue = "50", description = "more that come and go a second (${DEFAULT-VALUE})")
    private int churnPerSecond;

    /**
     * One minute of beats.
     *
     * @param heapMegabytes live objects of the two nodes together, at its end
     */
    private record Minute(double p50Millis, double p99Millis, double worstMillis, double heapMegabytes) {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new PausedPeer()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException, TimeoutException {
        try (Nodes nodes = Nodes.start(NODES, "512m", List.of())) {
            List<Node> others = nodes.all().subList(0, NODES - 1);
            Node hanging = nodes.all().get(NODES - 1);
            OtherLoad load = OtherLoad.watch(nodes.pids());
            BeatingClient client = new BeatingClient(
                    Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)),
                    Nodes.ports(others),
                    new Population(instances, 10),
                    64,
                    5_000);
            client.start().get(REGISTRATION_MINUTES_MAX, TimeUnit.MINUTES);
            nodes.awaitEqual(instances, EQUAL_WITHIN);
            Vertx churning = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
            Churn churn = Churn.start(churning, Nodes.ports(others), churnPerSecond);

            watch("warm-up", 1, others, client);
            List<Minute> before = watch("all run", minutesBefore, others, client);
            hanging.signal("STOP");
            List<Minute> during = watch("one hangs", minutes, others, client);
            churn.stop();
            hanging.signal("CONT");
            long start = System.nanoTime();
            nodes.awaitEqual(EQUAL_WITHIN);
            double converged = (System.nanoTime() - start) / 1e9;
            client.stop();
            churning.close().await();
            client.failures.forEach((what, count) -> System.out.println("FAILED " + count + " x " + what));
            System.out.println(load.text());
            boolean failed = !client.failures.isEmpty() || churn.failures.sum() > 0;
            return print(before, during, converged) && !failed
                    ? CommandLine.ExitCode.OK
                    : CommandLine.ExitCode.SOFTWARE;
        }
    }

    private List<Minute> watch(String what, int howMany, List<Node> nodes, BeatingClient client)
            throws InterruptedException {
        List<Minute> watched = new ArrayList<>();
        for (int i = 1; i <= howMany; i++) {
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            client.beatMicros.reset();
            TimeUnit.SECONDS.sleep(Math.max(1, minuteSeconds - SETTLE_SECONDS));
            double p50 = client.beatMicros.getValueAtPercentile(50) / 1e3;
            double p99 = client.beatMicros.getValueAtPercentile(99) / 1e3;
            double worst = client.beatMicros.getMaxValue() / 1e3;
            double heap = nodes.stream()
                    .mapToDouble(node -> HeapHistogram.of(node.pid()).bytes() / 1e6)
                    .sum();
            watched.add(new Minute(p50, p99, worst, heap));
            System.out.printf(
                    Locale.ROOT,
                    "%-9s %2d: beats p50 %.2f ms, p99 %.2f ms, worst %.2f ms; live heap of the two %.1f MB%n",
                    what,
                    i,
                    p50,
                    p99,
                    worst,
                    heap);
        }
        return watched;
    }

    private static boolean print(List<Minute> before, List<Minute> during, double converged) {
        double p99Before =
                Spread.of(before.stream().map(Minute::p99Millis).toList()).median();
        double p99During =
                Spread.of(during.stream().map(Minute::p99Millis).toList()).median();
        boolean latency = p99During <= LATENCY_GROWTH_MAX * p99Before;
        System.out.printf(
                Locale.ROOT,
                "median p99 of the minutes: %.2f ms before, %.2f ms while one hangs (at most %.1f times): %s%n",
                p99Before,
                p99During,
                LATENCY_GROWTH_MAX,
                latency ? "met" : "MISSED");
        System.out.printf(
                Locale.ROOT,
                "live heap of the two: %.1f MB before, %.1f MB after a minute of it, %.1f MB at its end%n",
                before.get(before.size() - 1).heapMegabytes(),
                during.get(0).heapMegabytes(),
                during.get(during.size() - 1).heapMegabytes());
        System.out.printf(
                Locale.ROOT,
                "all equal %.2f s after it goes on (goal %.0f s): %s%n",
                converged,
                CONVERGED_SECONDS_GOAL,
                converged <= CONVERGED_SECONDS_GOAL ? "met" : "MISSED");
        return latency && converged <= CONVERGED_SECONDS_GOAL;
    }
}
