package io.muster.bench.load;

import io.muster.bench.process.RunningProcess;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code heap-per-instance}: fills a real server with ephemeral instances without metadata, and looks at its live objects after a
 * full collection. The heap with a few instances is taken off, so that what the server needs anyway does not count.
 */
@Command(
        name = "heap-per-instance",
        mixinStandardHelpOptions = true,
        description = "Heap per ephemeral instance, and which classes hold it.")
public final class HeapPerInstance implements Callable<Integer> {

    private static final double GOAL_BYTES = 500;
    private static final int BASE_INSTANCES = 10_000;
    private static final int REGISTRATION_MINUTES_MAX = 10;
    private static final String LONGEST_LEASE = "3600000";

    @Option(names = "--instances", defaultValue = "1000000", description = "how many (${DEFAULT-VALUE})")
    private int instances;

    @Option(names = "--per-service", defaultValue = "10", description = "instances per service (${DEFAULT-VALUE})")
    private int perService;

    @Option(names = "--heap", defaultValue = "1g", description = "the server's -Xmx (${DEFAULT-VALUE})")
    private String heap = "";

    @Option(names = "--classes", defaultValue = "25", description = "lines of the histogram (${DEFAULT-VALUE})")
    private int classLines;

    @Option(names = "--connections", defaultValue = "64", description = "of the load client (${DEFAULT-VALUE})")
    private int connections;

    public static void main(String[] args) {
        System.exit(new CommandLine(new HeapPerInstance()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException, TimeoutException {
        try (RunningProcess server = RunningProcess.startMuster(
                Map.of("MUSTER_JAVA_OPTS", "-Xmx" + heap),
                "--naming.unhealthy-after-ms=" + LONGEST_LEASE,
                "--naming.remove-after-ms=" + LONGEST_LEASE)) {
            server.awaitLine("ready on");
            register(server, BASE_INSTANCES);
            HeapHistogram few = HeapHistogram.of(server.pid());
            register(server, instances);
            HeapHistogram all = HeapHistogram.of(server.pid());
            return print(few, all);
        }
    }

    private void register(RunningProcess server, int howMany)
            throws InterruptedException, ExecutionException, TimeoutException {
        BeatingClient client = new BeatingClient(
                Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)),
                List.of(server.port()),
                new Population(howMany, perService),
                connections,
                TimeUnit.HOURS.toMillis(1));
        client.start().get(REGISTRATION_MINUTES_MAX, TimeUnit.MINUTES);
        client.stop();
    }

    private int print(HeapHistogram few, HeapHistogram all) {
        int added = instances - BASE_INSTANCES;
        double perInstance = (double) (all.bytes() - few.bytes()) / added;
        System.out.printf(
                Locale.ROOT,
                "%,d bytes with %,d instances, %,d with %,d%n",
                few.bytes(),
                BASE_INSTANCES,
                all.bytes(),
                instances);
        System.out.printf(
                Locale.ROOT,
                "%.0f bytes per instance   goal under %.0f: %s   (Nacos: 2,000 and 3,100 recorded)%n%n",
                perInstance,
                GOAL_BYTES,
                perInstance < GOAL_BYTES ? "met" : "MISSED");
        System.out.printf("%14s %14s  %s%n", "objects/inst.", "bytes/inst.", "class");
        all.growthSince(few).stream()
                .limit(classLines)
                .forEach(entry -> System.out.printf(
                        Locale.ROOT,
                        "%14.2f %14.1f  %s%n",
                        (double) entry.getValue().objects() / added,
                        (double) entry.getValue().bytes() / added,
                        entry.getKey()));
        return perInstance < GOAL_BYTES ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
}
