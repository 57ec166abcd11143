package io.muster.bench.load;

import io.muster.bench.process.CpuTime;
import io.muster.bench.process.Http;
import io.muster.bench.process.OtherLoad;
import io.muster.bench.process.RunningProcess;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.AbstractHistogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code instances-load}: registers many ephemeral instances over HTTP, keeps them beating, and checks that none is lost, none
 * unhealthy, none expired.
 */
@Command(
        name = "instances-load",
        mixinStandardHelpOptions = true,
        description = "Registers ephemeral instances over HTTP, keeps them beating and calls the roll.")
public final class InstancesLoad implements Callable<Integer> {

    private static final int REGISTRATION_MINUTES_MAX = 10;

    @Option(names = "--instances", defaultValue = "100000", description = "how many (${DEFAULT-VALUE})")
    private int instances;

    @Option(names = "--per-service", defaultValue = "10", description = "instances per service (${DEFAULT-VALUE})")
    private int perService;

    @Option(names = "--seconds", defaultValue = "60", description = "of beating, once all are there (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--beat-ms", defaultValue = "5000", description = "interval of each one's beats (${DEFAULT-VALUE})")
    private long beatMillis;

    @Option(names = "--connections", defaultValue = "64", description = "of the load client (${DEFAULT-VALUE})")
    private int connections;

    public static void main(String[] args) {
        System.exit(new CommandLine(new InstancesLoad()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException, TimeoutException {
        Population population = new Population(instances, perService);
        try (RunningProcess server = RunningProcess.muster()) {
            OtherLoad others = OtherLoad.watch(List.of(server.pid()));
            Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
            BeatingClient client =
                    new BeatingClient(vertx, List.of(server.port()), population, connections, beatMillis);
            Stretch registering = Stretch.begin(server.pid(), client);
            client.start().get(REGISTRATION_MINUTES_MAX, TimeUnit.MINUTES);
            print("registering", registering.end());
            printLatency("registration", client.registrationMicros);

            client.beatMicros.reset();
            Stretch beating = Stretch.begin(server.pid(), client);
            TimeUnit.SECONDS.sleep(seconds);
            print("beating", beating.end());
            printLatency("beat, from when it was due", client.beatMicros);

            Http http = new Http(server.port());
            RollCall rollCall = RollCall.take(http, population);
            client.stop();
            System.out.printf(
                    "roll call: %d listed, %d missing, %d unhealthy%n",
                    rollCall.listed(), rollCall.missing(), rollCall.unhealthy());
            client.failures.forEach((what, count) -> System.out.println("FAILED " + count + " x " + what));
            System.out.println(others.text());
            boolean good = rollCall.complete() && client.failures.isEmpty();
            System.out.println(good ? "all there, all healthy" : "NOT all well");
            return good ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** What was done in a stretch of time, and the CPU that the server took for it. */
    private record Stretch(long pid, BeatingClient client, long nanos, long cpuMicros, long registrations, long beats) {

        static Stretch begin(long pid, BeatingClient client) {
            return new Stretch(
                    pid,
                    client,
                    System.nanoTime(),
                    CpuTime.ofProcess(pid),
                    client.registrations.sum(),
                    client.beats.sum());
        }

        /** The differences since the beginning. */
        Stretch end() {
            Stretch now = begin(pid, client);
            return new Stretch(
                    pid,
                    client,
                    now.nanos - nanos,
                    now.cpuMicros - cpuMicros,
                    now.registrations - registrations,
                    now.beats - beats);
        }
    }

    private static void print(String phase, Stretch stretch) {
        double elapsedSeconds = stretch.nanos() / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f s, %.0f registrations/s, %.0f beats/s, server CPU %.2f cores, %.1f us/request%n",
                phase,
                elapsedSeconds,
                stretch.registrations() / elapsedSeconds,
                stretch.beats() / elapsedSeconds,
                stretch.cpuMicros() / 1e6 / elapsedSeconds,
                (double) stretch.cpuMicros() / Math.max(1, stretch.registrations() + stretch.beats()));
    }

    private static void printLatency(String what, AbstractHistogram micros) {
        System.out.printf(
                Locale.ROOT,
                "  latency of a %s: p50 %.2f ms, p99 %.2f ms, worst %.2f ms%n",
                what,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3);
    }
}
