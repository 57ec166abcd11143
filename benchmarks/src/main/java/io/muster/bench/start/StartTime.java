package io.muster.bench.start;

import io.muster.bench.process.CpuTime;
import io.muster.bench.process.Http;
import io.muster.bench.process.OtherLoad;
import io.muster.bench.process.RunningProcess;
import io.muster.bench.process.Spread;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code start-time}: from {@code bin/muster server} (already built, empty data directory) to the first ephemeral and the first
 * persistent write that it accepts, with the class data archive and without.
 */
@Command(
        name = "start-time",
        mixinStandardHelpOptions = true,
        description = "Time from the command to the first accepted writes.")
public final class StartTime implements Callable<Integer> {

    private static final double GOAL_SECONDS = 1.5;
    private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_MILLIS = 2;
    private static final String EPHEMERAL = "/nacos/v1/ns/instance?serviceName=first&ip=127.0.9.1&port=8080";
    private static final String PERSISTENT = EPHEMERAL + "&ephemeral=false";

    @Option(names = "--runs", defaultValue = "10", description = "starts of each kind (${DEFAULT-VALUE})")
    private int runs;

    public static void main(String[] args) {
        System.exit(new CommandLine(new StartTime()).execute(args));
    }

    /**
     * Seconds from the command to the first write of each kind.
     *
     * @param cpu seconds that the server has used by then, on all cores; tells a slow start from a busy machine
     */
    private record Start(double ephemeral, double persistent, double cpu) {}

    @Override
    public Integer call() throws InterruptedException {
        OtherLoad others = OtherLoad.watch(List.of());
        // The script's look for changed sources is part of a start, unless the build there is shall be measured.
        String noBuild = "never".equals(System.getenv("BENCH_BUILD")) ? "1" : "";
        Map<String, String> withArchive = Map.of("MUSTER_NO_BUILD", noBuild);
        Map<String, String> without =
                Map.of("MUSTER_NO_BUILD", noBuild, "MUSTER_JAVA_OPTS", "-XX:SharedArchiveFile=" + archiveOfJdk());
        // The first start makes the archive if the build did not, and warms this tool's own HTTP client.
        start(withArchive);
        boolean good = measure("with the class data archive", withArchive);
        measure("without it", without);
        System.out.println(others.text());
        return good ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** The archive of the JDK's own classes, which it uses when no other is named; the last option of that name counts. */
    private static Path archiveOfJdk() {
        return Path.of(System.getProperty("java.home"), "lib", "server", "classes.jsa");
    }

    private boolean measure(String how, Map<String, String> environment) throws InterruptedException {
        List<Start> starts = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            starts.add(start(environment));
        }
        Spread ephemeral = Spread.of(starts.stream().map(Start::ephemeral).toList());
        Spread persistent = Spread.of(starts.stream().map(Start::persistent).toList());
        boolean good = Math.max(ephemeral.median(), persistent.median()) < GOAL_SECONDS;
        System.out.printf(
                Locale.ROOT,
                "%s: first ephemeral write after %s s, first persistent one after %s s, CPU %s s   goal under %.1f s: %s%n",
                how,
                ephemeral.text(2),
                persistent.text(2),
                Spread.of(starts.stream().map(Start::cpu).toList()).text(2),
                GOAL_SECONDS,
                good ? "met" : "MISSED");
        return good;
    }

    private static Start start(Map<String, String> environment) throws InterruptedException {
        long begin = System.nanoTime();
        try (RunningProcess server = RunningProcess.startMuster(environment)) {
            awaitListening(server.port(), begin);
            Http http = new Http(server.port());
            double ephemeral = awaitAccepted(http, EPHEMERAL, begin);
            double persistent = awaitAccepted(http, PERSISTENT, begin);
            return new Start(ephemeral, persistent, CpuTime.ofProcess(server.pid()) / 1e6);
        }
    }

    private static void awaitListening(int port, long begin) throws InterruptedException {
        while (!listening(port)) {
            pause(begin);
        }
    }

    private static double awaitAccepted(Http http, String path, long begin) throws InterruptedException {
        while (!http.accepted("POST", path)) {
            pause(begin);
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static boolean listening(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void pause(long begin) throws InterruptedException {
        if (System.nanoTime() - begin > START_NANOS_MAX) {
            throw new IllegalStateException("no start within a minute");
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
}
