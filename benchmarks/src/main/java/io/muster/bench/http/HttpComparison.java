package io.muster.bench.http;

import io.muster.bench.process.Http;
import io.muster.bench.process.OtherLoad;
import io.muster.bench.process.RunningProcess;
import io.muster.bench.process.Spread;
import io.muster.bench.process.Wrk;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code http-comparison}: server CPU per request of lists, light heartbeats and registrations beside a bare Vert.x handler.
 *
 * <p>The two servers are loaded in turn, round by round, so that whatever else the machine does hits both; the ratio is taken round by
 * round, and medians are printed. Leases are as long as they can be, so that no expiry falls into a round.
 */
@Command(
        name = "http-comparison",
        mixinStandardHelpOptions = true,
        description = "Server CPU per request beside a bare Vert.x handler.")
public final class HttpComparison implements Callable<Integer> {

    private static final String LONGEST_LEASE = "3600000";

    private static final int WARM_UP_ROUNDS_MAX = 15;

    @Option(
            names = "--rounds",
            defaultValue = "9",
            description = "measured rounds per case and server (${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "2", description = "length of a round (${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "250000",
            description = "requests of warm-up per case and server (${DEFAULT-VALUE})")
    private int warmUpRequests;

    @Option(names = "--connections", defaultValue = "32", description = "of wrk (${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--case", description = "only this case: list, beat or register")
    private List<String> only = List.of();

    private final Wrk wrk = new Wrk(RunningProcess.root().resolve("benchmarks/wrk/requests.lua"));

    public static void main(String[] args) {
        System.exit(new CommandLine(new HttpComparison()).execute(args));
    }

    @Override
    public Integer call() {
        if (!Wrk.installed()) {
            System.err.println("wrk is not installed; it makes the load (on Debian: apt-get install wrk)");
            return CommandLine.ExitCode.SOFTWARE;
        }
        try (RunningProcess muster = RunningProcess.muster(
                        "--naming.unhealthy-after-ms=" + LONGEST_LEASE, "--naming.remove-after-ms=" + LONGEST_LEASE);
                RunningProcess bare = BareServer.start(muster.jvmFlags(), sampleAnswers(muster))) {
            OtherLoad others = OtherLoad.watch(List.of(muster.pid(), bare.pid()));
            System.out.printf("JVM flags of both: %s%n%n", String.join(" ", muster.jvmFlags()));
            boolean clean = true;
            for (Case kind : Case.ALL) {
                if (only.isEmpty() || only.contains(kind.name())) {
                    clean &= compare(kind, muster, bare);
                }
            }
            System.out.println(others.text());
            return clean ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** Registers what lists and heartbeats are about, and asks each case once. */
    private static Path sampleAnswers(RunningProcess muster) {
        Http http = new Http(muster.port());
        for (int i = 0; i < Case.READ_SERVICES * Case.INSTANCES_PER_SERVICE; i++) {
            http.body("POST", Case.registration(i));
        }
        JsonArray answers = new JsonArray();
        for (Case kind : Case.ALL) {
            answers.add(
                    Answer.of(kind.method(), kind.path(), http.request(kind.method(), kind.path() + kind.sampleQuery()))
                            .toJson());
        }
        try {
            return Files.writeString(muster.dataDirectory().resolveSibling("answers.json"), answers.encode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean compare(Case kind, RunningProcess muster, RunningProcess bare) {
        long next = warmUp(kind, muster);
        warmUp(kind, bare);
        List<Round> ours = new ArrayList<>();
        List<Round> theirs = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            Round round = Round.run(muster, wrk, connections, seconds, kind.arguments(next));
            // Requests in flight at the end of a run are not counted.
            next += round.load().requests() + connections;
            ours.add(round);
            theirs.add(Round.run(bare, wrk, connections, seconds, kind.arguments(next)));
        }
        boolean clean = ours.stream().allMatch(Round::clean) && theirs.stream().allMatch(Round::clean);
        print(kind, ours, theirs, clean);
        return clean;
    }

    /** Until the compilers have seen enough, however busy the machine is; returns the number of requests. */
    private long warmUp(Case kind, RunningProcess server) {
        long requests = 0;
        for (int i = 0; i < WARM_UP_ROUNDS_MAX && requests < warmUpRequests; i++) {
            requests += Round.run(server, wrk, connections, seconds, kind.arguments(requests))
                            .load()
                            .requests()
                    + connections;
        }
        return requests;
    }

    private static void print(Case kind, List<Round> ours, List<Round> theirs, boolean clean) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(ours.get(i).cpuMicrosPerRequest() / theirs.get(i).cpuMicrosPerRequest());
        }
        Spread ratio = Spread.of(ratios);
        double nacosShare = ratio.median() * Case.NACOS_BARE_MICROS / kind.nacosMicros();
        System.out.println(kind.name() + (clean ? "" : "  (INVALID: errors or refusals)"));
        line("muster", ours);
        line("bare", theirs);
        System.out.printf(
                Locale.ROOT,
                "  ratio   %s%s%n",
                ratio.text(2),
                kind.ratioGoal() == 0 ? "" : goal(ratio.median(), kind.ratioGoal(), "%.1f"));
        System.out.printf(
                Locale.ROOT,
                "  Nacos   %.0f us where the bare handler takes %.0f (recorded): ours is %.3f of it%s%n%n",
                kind.nacosMicros(),
                Case.NACOS_BARE_MICROS,
                nacosShare,
                goal(nacosShare, Case.NACOS_SHARE_GOAL, "%.1f"));
    }

    private static String goal(double value, double most, String format) {
        return String.format(Locale.ROOT, "   goal at most " + format + ": %s", most, value <= most ? "met" : "MISSED");
    }

    private static void line(String server, List<Round> rounds) {
        System.out.printf(
                Locale.ROOT,
                "  %-7s CPU %s us/request   %.0f requests/s   p50 %.2f ms   p99 %.2f ms%n",
                server,
                over(rounds, Round::cpuMicrosPerRequest).text(1),
                over(rounds, round -> round.load().perSecond()).median(),
                over(rounds, round -> round.load().p50Micros() / 1e3).median(),
                over(rounds, round -> round.load().p99Micros() / 1e3).median());
    }

    private static Spread over(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return Spread.of(rounds.stream().mapToDouble(figure).boxed().toList());
    }
}
