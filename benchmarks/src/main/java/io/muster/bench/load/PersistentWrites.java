package io.muster.bench.load;

import io.muster.bench.process.CpuTime;
import io.muster.bench.process.Http;
import io.muster.bench.process.OtherLoad;
import io.muster.bench.process.RunningProcess;
import io.muster.bench.process.Spread;
import io.muster.bench.process.Wrk;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code persistent-writes}: registrations of persistent instances a second on one node at rising numbers of clients, each
 * acknowledged after its fdatasync, and how many fdatasyncs one write took.
 */
@Command(
        name = "persistent-writes",
        mixinStandardHelpOptions = true,
        description = "Persistent writes a second on one node, and fdatasyncs per acknowledged write.")
public final class PersistentWrites implements Callable<Integer> {

    private static final int SERVICES = 1_000;
    private static final int INSTANCES_PER_SERVICE = 10;
    private static final String SYNCS_METER = "muster_raft_fsync_seconds_count";

    @Option(names = "--clients", split = ",", defaultValue = "1,16,64,256", description = "(${DEFAULT-VALUE})")
    private List<Integer> clients = List.of();

    @Option(names = "--rounds", defaultValue = "3", description = "per number of clients (${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "4", description = "length of a round (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "8", description = "seconds (${DEFAULT-VALUE})")
    private int warmUpSeconds;

    private final Wrk wrk = new Wrk(RunningProcess.root().resolve("benchmarks/wrk/requests.lua"));

    public static void main(String[] args) {
        System.exit(new CommandLine(new PersistentWrites()).execute(args));
    }

    private record Round(Wrk.Result load, long cpuMicros, double syncs) {
        double cpuMicrosPerWrite() {
            return (double) cpuMicros / Math.max(1, load.requests());
        }

        double syncsPerWrite() {
            return syncs / Math.max(1, load.requests());
        }
    }

    @Override
    public Integer call() {
        if (!Wrk.installed()) {
            System.err.println("wrk is not installed; it makes the load (on Debian: apt-get install wrk)");
            return CommandLine.ExitCode.SOFTWARE;
        }
        try (RunningProcess server = RunningProcess.muster()) {
            OtherLoad others = OtherLoad.watch(List.of(server.pid()));
            System.out.printf(
                    Locale.ROOT,
                    "the disk alone: %.0f fdatasyncs/s, one after the other%n",
                    SyncRate.perSecond(server.dataDirectory()));
            Http http = new Http(server.port());
            long next = run(server, http, 16, warmUpSeconds, 0).load().requests();
            boolean clean = true;
            for (int concurrent : clients) {
                List<Round> measured = new ArrayList<>();
                for (int i = 0; i < rounds; i++) {
                    Round round = run(server, http, concurrent, seconds, next);
                    next += round.load().requests() + concurrent;
                    clean &= round.load().errors() == 0 && round.load().refused() == 0;
                    measured.add(round);
                }
                print(concurrent, measured);
            }
            System.out.println(others.text());
            System.out.println(clean ? "no errors, nothing refused" : "INVALID: errors or refusals");
            return clean ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    private Round run(RunningProcess server, Http http, int concurrent, int runSeconds, long firstRequest) {
        double syncs = http.meter(SYNCS_METER).orElse(Double.NaN);
        long cpu = CpuTime.ofProcess(server.pid());
        Wrk.Result load = wrk.run(
                server.port(),
                concurrent,
                runSeconds,
                List.of(
                        "declare",
                        Integer.toString(SERVICES),
                        Integer.toString(INSTANCES_PER_SERVICE),
                        Long.toString(firstRequest)));
        long cpuUsed = CpuTime.ofProcess(server.pid()) - cpu;
        return new Round(load, cpuUsed, http.meter(SYNCS_METER).orElse(Double.NaN) - syncs);
    }

    private static void print(int concurrent, List<Round> measured) {
        System.out.printf(
                Locale.ROOT,
                "%4d clients: %s writes/s   p50 %.2f ms   p99 %.2f ms   %.3f fdatasyncs/write   CPU %.1f us/write%n",
                concurrent,
                Spread.of(measured.stream()
                                .map(round -> round.load().perSecond())
                                .toList())
                        .text(0),
                Spread.of(measured.stream()
                                .map(round -> round.load().p50Micros() / 1e3)
                                .toList())
                        .median(),
                Spread.of(measured.stream()
                                .map(round -> round.load().p99Micros() / 1e3)
                                .toList())
                        .median(),
                Spread.of(measured.stream().map(Round::syncsPerWrite).toList()).median(),
                Spread.of(measured.stream().map(Round::cpuMicrosPerWrite).toList())
                        .median());
    }
}
