package io.muster.bench.ephemeral;

import io.muster.bench.load.BeatingClient;
import io.muster.bench.load.HeapHistogram;
import io.muster.bench.load.Population;
import io.muster.bench.process.OtherLoad;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code distro-beats}: many instances on three nodes, each beating through any of them; what does that cost each node? */
@Command(
        name = "distro-beats",
        mixinStandardHelpOptions = true,
        description = "CPU and memory of each of three nodes with everything beating.")
public final class DistroBeats implements Callable<Integer> {

    private static final int NODES = 3;
    private static final int REGISTRATION_MINUTES_MAX = 10;
    private static final Duration EQUAL_WITHIN = Duration.ofMinutes(1);

    @Option(names = "--instances", defaultValue = "100000", description = "how many (${DEFAULT-VALUE})")
    private int instances;

    @Option(names = "--per-service", defaultValue = "10", description = "instances per service (${DEFAULT-VALUE})")
    private int perService;

    @Option(names = "--seconds", defaultValue = "45", description = "of beating, once all are there (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--beat-ms", defaultValue = "5000", description = "interval of each one's beats (${DEFAULT-VALUE})")
    private long beatMillis;

    @Option(names = "--heap", defaultValue = "1g", description = "each server's -Xmx (${DEFAULT-VALUE})")
    private String heap = "";

    public static void main(String[] args) {
        System.exit(new CommandLine(new DistroBeats()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException, TimeoutException {
        try (Nodes nodes = Nodes.start(NODES, heap, List.of())) {
            OtherLoad others = OtherLoad.watch(nodes.pids());
            BeatingClient client = new BeatingClient(
                    Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)),
                    nodes.ports(),
                    new Population(instances, perService),
                    64,
                    beatMillis);
            long registering = System.nanoTime();
            client.start().get(REGISTRATION_MINUTES_MAX, TimeUnit.MINUTES);
            System.out.printf(
                    Locale.ROOT,
                    "%,d instances registered through all nodes in turn in %.1f s%n",
                    instances,
                    (System.nanoTime() - registering) / 1e9);
            nodes.awaitEqual(instances, EQUAL_WITHIN);
            beat(nodes, client);
            boolean good = print(nodes, client);
            client.stop();
            System.out.println(others.text());
            return good ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void beat(Nodes nodes, BeatingClient client) throws InterruptedException {
        List<Node> all = nodes.all();
        client.beatMicros.reset();
        long beats = client.beats.sum();
        List<Long> cpuBefore = all.stream().map(Node::cpuMicros).toList();
        List<Double> bytesBefore = all.stream().map(Node::distroBytesSent).toList();
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        double elapsed = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%.0f beats/s, from when due: p50 %.2f ms, p99 %.2f ms, worst %.2f ms%n",
                (client.beats.sum() - beats) / elapsed,
                client.beatMicros.getValueAtPercentile(50) / 1e3,
                client.beatMicros.getValueAtPercentile(99) / 1e3,
                client.beatMicros.getMaxValue() / 1e3);
        for (int i = 0; i < all.size(); i++) {
            Node node = all.get(i);
            System.out.printf(
                    Locale.ROOT,
                    "%s: CPU %.2f cores, Distro %.0f KB/s sent%n",
                    node.name(),
                    (node.cpuMicros() - cpuBefore.get(i)) / 1e6 / elapsed,
                    (node.distroBytesSent() - bytesBefore.get(i)) / 1e3 / elapsed);
        }
    }

    private boolean print(Nodes nodes, BeatingClient client) {
        boolean good = client.failures.isEmpty();
        client.failures.forEach((what, count) -> System.out.println("FAILED " + count + " x " + what));
        for (Node node : nodes.all()) {
            double expired =
                    node.http().meter("muster_distro_marked_expired_total").orElse(0.0);
            double unhealthy =
                    node.http().meter("muster_distro_marked_unhealthy_total").orElse(0.0);
            System.out.printf(
                    Locale.ROOT,
                    "%s: %,d records, %.0f marked unhealthy, %.0f expired, live heap %.0f MB%n",
                    node.name(),
                    node.records(),
                    unhealthy,
                    expired,
                    HeapHistogram.of(node.pid()).bytes() / 1e6);
            good &= node.records() == instances && expired == 0 && unhealthy == 0;
        }
        System.out.println(good ? "all there, all healthy" : "NOT all well");
        return good;
    }
}
