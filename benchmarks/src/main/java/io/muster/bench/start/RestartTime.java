package io.muster.bench.start;

import io.muster.bench.process.CpuTime;
import io.muster.bench.process.Http;
import io.muster.bench.process.OtherLoad;
import io.muster.bench.process.RunningProcess;
import io.muster.bench.process.Spread;
import io.muster.bench.process.Wrk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code restart-time}: writes entries into one node's log, then ends the node, by SIGTERM and by SIGKILL, and measures from the
 * command to the first list of what was written and to the first persistent write. Snapshots bound it: what counts is how much data stands, not
 * how often it was written.
 */
@Command(
        name = "restart-time",
        mixinStandardHelpOptions = true,
        description = "Time of a restart with many entries written.")
public final class RestartTime implements Callable<Integer> {

    private static final int CLIENTS = 64;
    private static final int SLICE_SECONDS = 5;
    private static final int INSTANCES_PER_SERVICE = 10;
    private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(120);
    private static final long POLL_MILLIS = 2;
    private static final String APPLIED_METER = "muster_raft_applied_index";
    private static final String WRITE =
            "/nacos/v1/ns/instance?serviceName=first&ip=127.0.9.1&port=8080&ephemeral=false";

    @Option(names = "--entries", defaultValue = "1000000", description = "written to the log (${DEFAULT-VALUE})")
    private long entries;

    @Option(names = "--instances", defaultValue = "100000", description = "over which they go (${DEFAULT-VALUE})")
    private int instances;

    @Option(names = "--runs", defaultValue = "5", description = "restarts of each kind (${DEFAULT-VALUE})")
    private int runs;

    private final Wrk wrk = new Wrk(RunningProcess.root().resolve("benchmarks/wrk/requests.lua"));

    public static void main(String[] args) {
        System.exit(new CommandLine(new RestartTime()).execute(args));
    }

    /** Seconds from the command to the first list and the first write, and CPU seconds used by then. */
    private record Restart(double listed, double written, double cpu) {}

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (!Wrk.installed()) {
            System.err.println("wrk is not installed; it makes the load (on Debian: apt-get install wrk)");
            return CommandLine.ExitCode.SOFTWARE;
        }
        OtherLoad others = OtherLoad.watch(List.of());
        RunningProcess server = RunningProcess.muster();
        try {
            write(server);
            for (boolean abruptly : List.of(false, true)) {
                List<Restart> restarts = new ArrayList<>();
                for (int i = 0; i < runs; i++) {
                    server.end(abruptly);
                    long begin = System.nanoTime();
                    server = server.again();
                    restarts.add(measure(server, begin));
                }
                print(abruptly ? "SIGKILL" : "SIGTERM", restarts);
            }
            System.out.println(others.text());
            return CommandLine.ExitCode.OK;
        } finally {
            server.close();
        }
    }

    private void write(RunningProcess server) throws IOException {
        Http http = new Http(server.port());
        long begin = System.nanoTime();
        long next = 0;
        while (applied(http) < entries) {
            Wrk.Result load = wrk.run(
                    server.port(),
                    CLIENTS,
                    SLICE_SECONDS,
                    List.of(
                            "declare",
                            Integer.toString(instances / INSTANCES_PER_SERVICE),
                            Integer.toString(INSTANCES_PER_SERVICE),
                            Long.toString(next)));
            next += load.requests();
            if (load.requests() == 0) {
                throw new IllegalStateException("nothing was written: " + load);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%.0f entries in the log, %,d instances, written in %.0f s; %.1f MiB on disk%n",
                applied(http),
                Math.min(next, instances),
                (System.nanoTime() - begin) / 1e9,
                bytesIn(server.dataDirectory()) / (double) (1 << 20));
    }

    private static double applied(Http http) {
        return http.meter(APPLIED_METER).orElseThrow(() -> new IllegalStateException("no meter " + APPLIED_METER));
    }

    private static long bytesIn(Path directory) throws IOException {
        long bytes = 0;
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /** The last service of all must be listed with all of its instances: nothing may come in by and by. */
    private Restart measure(RunningProcess server, long begin) throws InterruptedException {
        Http http = new Http(server.port());
        String list = "/nacos/v1/ns/instance/list?serviceName=declared-" + (instances / INSTANCES_PER_SERVICE - 1);
        double listed = awaitList(http, list, begin);
        while (!http.accepted("POST", WRITE)) {
            pause(begin);
        }
        double written = (System.nanoTime() - begin) / 1e9;
        return new Restart(listed, written, CpuTime.ofProcess(server.pid()) / 1e6);
    }

    private static double awaitList(Http http, String list, long begin) throws InterruptedException {
        while (!http.accepted("GET", list)) {
            pause(begin);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        String body = new String(http.request("GET", list).body(), StandardCharsets.UTF_8);
        int found = body.split("\"instanceId\"", -1).length - 1;
        if (found != INSTANCES_PER_SERVICE) {
            throw new IllegalStateException("a list without its instances after the restart: " + body);
        }
        return seconds;
    }

    private static void print(String how, List<Restart> restarts) {
        System.out.printf(
                Locale.ROOT,
                "after %s: first list after %s s, first persistent write after %s s, CPU %s s%n",
                how,
                Spread.of(restarts.stream().map(Restart::listed).toList()).text(2),
                Spread.of(restarts.stream().map(Restart::written).toList()).text(2),
                Spread.of(restarts.stream().map(Restart::cpu).toList()).text(2));
    }

    private static void pause(long begin) throws InterruptedException {
        if (System.nanoTime() - begin > START_NANOS_MAX) {
            throw new IllegalStateException("no restart within two minutes");
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
}
