package io.muster.bench.ephemeral;

import io.muster.bench.process.OtherLoad;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.AbstractHistogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code visibility}: an instance is registered on one node; when do both others list it (X2)? */
@Command(
        name = "visibility",
        mixinStandardHelpOptions = true,
        description = "From a registration on one node until all others list it, at a steady rate of changes.")
public final class Visibility implements Callable<Integer> {

    private static final int NODES = 3;
    private static final double GOAL_P99_MILLIS = 50;
    private static final int LONGEST_MINUTES = 10;

    @Option(names = "--measured", defaultValue = "1000", description = "registrations looked for (${DEFAULT-VALUE})")
    private int measured;

    @Option(names = "--rate", defaultValue = "500", description = "registrations a second in all (${DEFAULT-VALUE})")
    private int rate;

    @Option(names = "--every", defaultValue = "20", description = "one of so many is looked for (${DEFAULT-VALUE})")
    private int every;

    @Option(names = "--warm-up", defaultValue = "20", description = "seconds at the same rate (${DEFAULT-VALUE})")
    private int warmUpSeconds;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Visibility()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException, TimeoutException {
        try (Nodes nodes = Nodes.start(NODES, "512m", Nodes.LONGEST_LEASES)) {
            Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
            try {
                int warmUp = warmUpSeconds * rate;
                if (warmUp > 0) {
                    finish(new VisibilityProbe(vertx, nodes.ports(), 0, warmUp, rate, every));
                }
                OtherLoad others = OtherLoad.watch(nodes.pids());
                VisibilityProbe probe =
                        finish(new VisibilityProbe(vertx, nodes.ports(), warmUp, measured * every, rate, every));
                return print(probe, others);
            } finally {
                vertx.close().await();
            }
        }
    }

    private static VisibilityProbe finish(VisibilityProbe probe)
            throws InterruptedException, ExecutionException, TimeoutException {
        probe.run().get(LONGEST_MINUTES, TimeUnit.MINUTES);
        return probe;
    }

    private int print(VisibilityProbe probe, OtherLoad others) {
        System.out.printf(
                "%d nodes, %d registrations/s, %d looked for on both other nodes by %d list reads, %d failures%n",
                NODES, rate, probe.visibleMicros.getTotalCount(), probe.looks.sum(), probe.failures.sum());
        print("due to acknowledged", probe.acknowledgedMicros);
        print("due to listed by all", probe.visibleMicros);
        print("acknowledged to listed by all", probe.afterAcknowledgedMicros);
        double p99 = probe.visibleMicros.getValueAtPercentile(99) / 1e3;
        System.out.printf("goal p99 under %.0f ms: %s%n", GOAL_P99_MILLIS, p99 < GOAL_P99_MILLIS ? "met" : "MISSED");
        System.out.println(others.text());
        return p99 < GOAL_P99_MILLIS && probe.failures.sum() == 0
                ? CommandLine.ExitCode.OK
                : CommandLine.ExitCode.SOFTWARE;
    }

    private static void print(String what, AbstractHistogram micros) {
        System.out.printf(
                Locale.ROOT,
                "%-30s p50 %6.1f ms   p90 %6.1f ms   p99 %6.1f ms   worst %6.1f ms%n",
                what,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(90) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3);
    }
}
