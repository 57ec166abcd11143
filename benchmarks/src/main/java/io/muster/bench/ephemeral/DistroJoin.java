package io.muster.bench.ephemeral;

import io.muster.bench.cluster.Patience;
import io.muster.bench.load.BeatingClient;
import io.muster.bench.load.HeapHistogram;
import io.muster.bench.load.Population;
import io.muster.bench.process.OtherLoad;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code distro-join}: three nodes hold many instances at rest. What do digest rounds cost while all are equal, and when a node
 * comes back that missed ten; how long does a fourth node load; which groups move to it?
 */
@Command(
        name = "distro-join",
        mixinStandardHelpOptions = true,
        description = "Digest bytes when equal and when 10 differ, load time of a joining node, groups that move.")
public final class DistroJoin implements Callable<Integer> {

    private static final int NODES = 3;
    private static final int DIFFERENT = 10;
    private static final int VERIFY_SECONDS = 5;

    /** Services of which the responsible member is asked, before and after. */
    private static final int SAMPLE = 2_000;

    private static final double MOVED_MAX = 1.0 / (NODES + 1) + 0.03;
    private static final int LOAD_SECONDS_GOAL = 20;
    private static final int REGISTRATION_MINUTES_MAX = 10;
    private static final Duration EQUAL_WITHIN = Duration.ofMinutes(3);

    @Option(names = "--instances", defaultValue = "100000", description = "how many (${DEFAULT-VALUE})")
    private int instances;

    @Option(names = "--per-service", defaultValue = "10", description = "instances per service (${DEFAULT-VALUE})")
    private int perService;

    @Option(names = "--heap", defaultValue = "1g", description = "each server's -Xmx (${DEFAULT-VALUE})")
    private String heap = "";

    @Option(names = "--rounds", defaultValue = "6", description = "digest rounds watched (${DEFAULT-VALUE})")
    private int rounds;

    public static void main(String[] args) {
        System.exit(new CommandLine(new DistroJoin()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException, TimeoutException {
        try (Nodes nodes = Nodes.start(NODES, heap, Nodes.LONGEST_LEASES)) {
            OtherLoad others = OtherLoad.watch(nodes.pids());
            register(nodes);
            System.out.printf(Locale.ROOT, "live heap of each of %d nodes: %s%n", NODES, heaps(nodes));
            equalRounds(nodes);
            double missedNothing = comeBack(nodes, 0);
            double missedSome = comeBack(nodes, DIFFERENT);
            System.out.printf(
                    Locale.ROOT, "so %d differences cost about %.0f bytes%n", DIFFERENT, missedSome - missedNothing);
            boolean good = join(nodes);
            System.out.println(others.text());
            return good ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void register(Nodes nodes) throws InterruptedException, ExecutionException, TimeoutException {
        long start = System.nanoTime();
        BeatingClient client = new BeatingClient(
                Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)),
                nodes.ports(),
                new Population(instances, perService),
                64,
                TimeUnit.HOURS.toMillis(1));
        client.start().get(REGISTRATION_MINUTES_MAX, TimeUnit.MINUTES);
        client.stop();
        double registered = secondsSince(start);
        nodes.awaitEqual(instances, EQUAL_WITHIN);
        System.out.printf(
                Locale.ROOT,
                "%,d instances registered through all nodes in turn in %.1f s, equal on all after %.1f s%n",
                instances,
                registered,
                secondsSince(start));
    }

    private static String heaps(Nodes nodes) {
        return nodes.all().stream()
                .map(node -> String.format(
                        Locale.ROOT, "%.0f MB", HeapHistogram.of(node.pid()).bytes() / 1e6))
                .toList()
                .toString();
    }

    private void equalRounds(Nodes nodes) throws InterruptedException {
        long seconds = (long) rounds * VERIFY_SECONDS;
        double before = distroBytes(nodes);
        TimeUnit.SECONDS.sleep(seconds);
        double perSecond = (distroBytes(nodes) - before) / seconds;
        double perRound = perSecond * VERIFY_SECONDS / (NODES * (NODES - 1));
        System.out.printf(
                Locale.ROOT,
                "at rest and equal: %.0f Distro bytes/s in the whole cluster, %.0f bytes per round of a pair, question and answer%n",
                perSecond,
                perRound);
    }

    /**
     * One node is paused until the others go on without it; they take some instances; it comes back, and is responsible for its share again, of
     * whose sessions the others tell it the ages.
     *
     * @return bytes of all Distro frames from then on until a few digest rounds are over
     */
    private double comeBack(Nodes nodes, int missed) throws InterruptedException {
        Node paused = nodes.all().get(NODES - 1);
        List<Node> rest = nodes.all().subList(0, NODES - 1);
        double pausedBefore = paused.distroBytesSent();
        paused.signal("STOP");
        Patience.until(
                "the others take it for dead", () -> rest.stream().allMatch(node -> node.peersAlive() == NODES - 2));
        Population more = new Population(instances + DIFFERENT, perService);
        for (int i = 0; i < missed; i++) {
            rest.get(i % rest.size()).http().body("POST", more.registration(instances + i));
        }
        double before = distroBytes(rest);
        paused.signal("CONT");
        long start = System.nanoTime();
        nodes.awaitEqual(instances + missed, EQUAL_WITHIN);
        double seconds = secondsSince(start);
        nodes.awaitTogether();
        TimeUnit.SECONDS.sleep(2 * VERIFY_SECONDS);
        double bytes = distroBytes(rest) - before + paused.distroBytesSent() - pausedBefore;
        System.out.printf(
                Locale.ROOT,
                "a paused node that missed %d of them is equal %.2f s after it goes on; %.0f Distro bytes of all nodes, the ages of its"
                        + " share's sessions included%n",
                missed,
                seconds,
                bytes);
        return bytes;
    }

    private boolean join(Nodes nodes) {
        nodes.awaitTogether();
        int present = instances + DIFFERENT;
        List<Integer> sample = sample();
        List<String> before = responsible(nodes.all().get(0), sample);
        long start = System.nanoTime();
        Node joiner = nodes.join();
        Patience.until("the new node answers", () -> joiner.http().accepted("GET", "/nacos/v1/ns/distro/status"));
        double answers = secondsSince(start);
        Patience.until(
                "the new node is loaded",
                EQUAL_WITHIN,
                () -> joiner.status().getBoolean("ready") && joiner.records() == present);
        double loaded = secondsSince(start);
        nodes.awaitTogether();
        Patience.until(
                "all agree on who is responsible",
                () -> nodes.all().stream().allMatch(node -> settled(node, NODES + 1)));
        nodes.awaitEqual(present, EQUAL_WITHIN);
        double equal = secondsSince(start);
        List<String> after = responsible(nodes.all().get(0), sample);
        long moved = IntStream.range(0, sample.size())
                .filter(i -> !before.get(i).equals(after.get(i)))
                .count();
        double share = (double) moved / sample.size();
        double marked = nodes.all().stream()
                .mapToDouble(node -> node.http()
                                .meter("muster_distro_marked_unhealthy_total")
                                .orElse(0.0)
                        + node.http()
                                .meter("muster_distro_marked_expired_total")
                                .orElse(0.0))
                .sum();
        System.out.printf(
                Locale.ROOT,
                "a fourth node: answers %.1f s after its start, loaded %.1f s after it (%.1f s later; goal for 1,000,000: under %d s), all"
                        + " equal and agreed %.1f s after it; live heap %.0f MB%n",
                answers,
                loaded,
                loaded - answers,
                LOAD_SECONDS_GOAL,
                equal,
                HeapHistogram.of(joiner.pid()).bytes() / 1e6);
        System.out.printf(
                Locale.ROOT,
                "groups that moved: %.1f %% of %d (at most %.1f %%): %s; marks set by any node: %.0f%n",
                share * 100,
                sample.size(),
                MOVED_MAX * 100,
                share <= MOVED_MAX ? "met" : "MISSED",
                marked);
        return share <= MOVED_MAX && marked == 0;
    }

    private static boolean settled(Node node, int members) {
        JsonObject status = node.status();
        long loadedPeers = status.getJsonArray("peers").stream()
                .filter(peer -> ((JsonObject) peer).getBoolean("loaded"))
                .count();
        return !status.getBoolean("ringDisputed") && loadedPeers == members - 1;
    }

    private List<Integer> sample() {
        int services = new Population(instances, perService).services();
        List<Integer> sample = new ArrayList<>();
        for (int i = 0; i < Math.min(SAMPLE, services); i++) {
            sample.add((int) ((long) i * services / Math.min(SAMPLE, services)));
        }
        return sample;
    }

    private static List<String> responsible(Node node, List<Integer> services) {
        return services.stream()
                .map(service -> node.responsible("load-" + service))
                .toList();
    }

    private static double distroBytes(Nodes nodes) {
        return distroBytes(nodes.all());
    }

    private static double distroBytes(List<Node> nodes) {
        return nodes.stream().mapToDouble(Node::distroBytesSent).sum();
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
