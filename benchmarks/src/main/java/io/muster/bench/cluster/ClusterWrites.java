package io.muster.bench.cluster;

import io.muster.bench.process.CpuTime;
import io.muster.bench.process.OtherLoad;
import io.muster.bench.process.RunningProcess;
import io.muster.bench.process.Spread;
import io.muster.bench.process.Wrk;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code cluster-writes}: persistent writes on three nodes, ours and etcd's, in turns of the same run, each acknowledged by a majority
 * after its fdatasync. Both are idle while the other is loaded.
 */
@Command(
        name = "cluster-writes",
        mixinStandardHelpOptions = true,
        description =
                "Persistent writes a second on three nodes, beside etcd, through the leader and through a follower.")
public final class ClusterWrites implements Callable<Integer> {

    private static final int SERVICES = 1_000;
    private static final int INSTANCES_PER_SERVICE = 10;

    @Option(names = "--clients", split = ",", defaultValue = "1,16,64,256", description = "(${DEFAULT-VALUE})")
    private List<Integer> clients = List.of();

    @Option(names = "--rounds", defaultValue = "3", description = "per case (${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "4", description = "length of a round (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "10", description = "seconds, each (${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--alone", description = "leave etcd out")
    private boolean alone;

    private final Wrk wrk = new Wrk(RunningProcess.root().resolve("benchmarks/wrk/requests.lua"));
    private long nextRequest;

    public static void main(String[] args) {
        System.exit(new CommandLine(new ClusterWrites()).execute(args));
    }

    /** Which node the clients talk to. */
    private enum Through {
        LEADER,
        FOLLOWER;

        int port(Contender contender) {
            return this == LEADER ? contender.leaderPort() : contender.followerPort();
        }
    }

    private record Round(Wrk.Result load, double syncsPerWrite, double cpuMicrosPerWrite) {}

    @Override
    public Integer call() {
        if (!Wrk.installed() || (!alone && !EtcdCluster.installed())) {
            System.err.println("needs wrk and etcd (on Debian: apt-get install wrk etcd-server)");
            return CommandLine.ExitCode.SOFTWARE;
        }
        List<Contender> contenders = new ArrayList<>();
        try {
            contenders.add(MusterCluster.start());
            if (!alone) {
                contenders.add(EtcdCluster.start());
            }
            return compare(contenders) ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private boolean compare(List<Contender> contenders) {
        OtherLoad others = OtherLoad.watch(contenders.stream()
                .flatMap(contender -> contender.pids().stream())
                .toList());
        contenders.forEach(contender -> run(contender, contender.leaderPort(), 16, warmUpSeconds));
        boolean clean = true;
        for (Through through : Through.values()) {
            for (int concurrent : clients) {
                clean &= compare(contenders, through, concurrent);
            }
        }
        System.out.println(others.text());
        System.out.println(clean ? "no errors, nothing refused" : "INVALID: errors or refusals");
        return clean;
    }

    private boolean compare(List<Contender> contenders, Through through, int concurrent) {
        List<List<Round>> measured = contenders.stream()
                .<List<Round>>map(contender -> new ArrayList<>())
                .toList();
        for (int i = 0; i < rounds; i++) {
            for (int c = 0; c < contenders.size(); c++) {
                Contender contender = contenders.get(c);
                measured.get(c).add(run(contender, through.port(contender), concurrent, seconds));
            }
        }
        for (int c = 0; c < contenders.size(); c++) {
            print(contenders.get(c), through, concurrent, measured.get(c));
        }
        if (contenders.size() > 1) {
            System.out.printf(
                    Locale.ROOT,
                    "         ratio muster/etcd %s%n",
                    Spread.of(pairs(measured.get(0), measured.get(1))).text(2));
        }
        return measured.stream()
                .flatMap(List::stream)
                .allMatch(round -> round.load().errors() == 0 && round.load().refused() == 0);
    }

    private static List<Double> pairs(List<Round> ours, List<Round> theirs) {
        return Stream.iterate(0, i -> i < ours.size(), i -> i + 1)
                .map(i -> ours.get(i).load().perSecond() / theirs.get(i).load().perSecond())
                .toList();
    }

    private Round run(Contender contender, int port, int concurrent, int runSeconds) {
        double syncs = contender.syncs();
        long cpu = cpu(contender);
        Wrk.Result load = wrk.run(
                port,
                concurrent,
                runSeconds,
                List.of(
                        contender.loadCase(),
                        Integer.toString(SERVICES),
                        Integer.toString(INSTANCES_PER_SERVICE),
                        Long.toString(nextRequest)));
        nextRequest += load.requests() + concurrent;
        double writes = Math.max(1, load.requests());
        return new Round(load, (contender.syncs() - syncs) / writes, (cpu(contender) - cpu) / writes);
    }

    private static long cpu(Contender contender) {
        return contender.pids().stream().mapToLong(CpuTime::ofProcess).sum();
    }

    private static void print(Contender contender, Through through, int concurrent, List<Round> measured) {
        System.out.printf(
                Locale.ROOT,
                "%-6s %3d clients through %-8s: %s writes/s   p50 %.2f ms   p99 %.2f ms   %.3f syncs/write   CPU %.0f us/write%n",
                contender.name(),
                concurrent,
                through.name().toLowerCase(Locale.ROOT),
                spread(measured, round -> round.load().perSecond()).text(0),
                spread(measured, round -> round.load().p50Micros() / 1e3).median(),
                spread(measured, round -> round.load().p99Micros() / 1e3).median(),
                spread(measured, Round::syncsPerWrite).median(),
                spread(measured, Round::cpuMicrosPerWrite).median());
    }

    private static Spread spread(List<Round> measured, ToDoubleFunction<Round> figure) {
        return Spread.of(measured.stream().map(figure::applyAsDouble).toList());
    }
}
