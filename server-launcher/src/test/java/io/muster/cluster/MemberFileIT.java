package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The files of three members in the hands of somebody who writes nonsense into them (R61, X4, IX3). */
@Timeout(900)
class MemberFileIT {

    private static final Duration WRITE_INTERVAL = Duration.ofMillis(10);
    /** Every so often a content lies still for longer than two looks take, so that it is judged. */
    private static final Duration STORM_LASTS = Duration.ofSeconds(1);

    private static final Duration REST_LASTS = Duration.ofMillis(1_800);

    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(3);
    private static final Duration FOUNDED_WITHIN = Duration.ofSeconds(40);

    /** Two looks at a still file, and a moment for the machine. */
    private static final Duration JUDGED_WITHIN = Duration.ofSeconds(10);

    /** Names a machine that is not there. */
    private static final String ABSENT = "127.0.0.99:9";

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private ServerCluster founded() {
        ServerCluster cluster = clusters.start(clusters.of(3)).awaitAllUp();
        await("all three vote")
                .atMost(FOUNDED_WITHIN)
                .ignoreExceptions()
                .until(() -> cluster.nodes().stream()
                        .allMatch(node -> new LookupOperator(node).voters().size() == 3));
        return cluster;
    }

    /** Contents that are no good list, by what is wrong with them. */
    private static Map<String, String> faulty(ClusterNode node) {
        List<String> lines = node.memberList();
        String whole = String.join("\n", lines) + "\n";
        Map<String, String> contents = new TreeMap<>();
        contents.put("partial", whole.substring(0, whole.indexOf('?') + "?peer_po".length()));
        contents.put("empty", "");
        contents.put("comments only", "# nobody\n\n");
        contents.put("joined", String.join("", lines) + "\n");
        contents.put("twice, with different peer ports", whole + lines.get(0).replaceAll("=.*", "=10") + "\n");
        contents.put("garbage", whole + "\u0001\u0002<html>:x:9:\n");
        contents.put("bad port", whole + "10.0.0.1:port\n");
        return contents;
    }

    @Test
    void nonsenseAHundredTimesASecond_changesNothing_andOneGoodChangeIsTaken() {
        ServerCluster cluster = founded();
        List<Standing> before = Standing.of(cluster);
        int taken = taken(cluster);
        Duration storm = Duration.ofSeconds(Acceptance.times(30, 3));
        long writes;
        try (Scribbler scribbler = new Scribbler(cluster.nodes())) {
            await("lists and voters stay as they are")
                    .during(storm)
                    .atMost(storm.plus(JUDGED_WITHIN))
                    .untilAsserted(() -> assertThat(Standing.of(cluster)).isEqualTo(before));
            writes = scribbler.writes();
        }
        assertThat(taken(cluster)).as("lists taken").isEqualTo(taken);
        assertThat(writes)
                .as("writes to all three, but for the rests")
                .isGreaterThan(storm.dividedBy(WRITE_INTERVAL) / 2);
        for (ClusterNode node : cluster.nodes()) {
            assertThat(new LookupOperator(node).warnings())
                    .as("warnings of %s, of what lay still in between", node)
                    .isNotEmpty()
                    .doesNotHaveDuplicates();
        }

        cluster.nodes()
                .forEach(node -> node.writeClusterConf(
                        String.join("\n", node.memberList()) + "\n" + ABSENT + "?peer_port=10\n"));
        long changedNanos = System.nanoTime();
        await("one good change is taken by all")
                .atMost(TAKEN_WITHIN)
                .until(() -> cluster.nodes().stream()
                        .allMatch(node -> new LookupOperator(node).listed().contains(ABSENT)));
        System.out.printf(
                "%d writes of nonsense in %d s changed nothing; a good change was taken by all three within %d ms%n",
                writes,
                storm.toSeconds(),
                Duration.ofNanos(System.nanoTime() - changedNanos).toMillis());
    }

    private static int taken(ServerCluster cluster) {
        return cluster.nodes().stream()
                .mapToInt(node -> (int) new LookupOperator(node)
                        .events().stream().filter("LIST_TAKEN"::equals).count())
                .sum();
    }

    /** Each stays long enough to be judged, and comes twice. */
    @Test
    void eachFault_isWarnedOfOnce() {
        ServerCluster cluster = founded();
        List<Standing> before = Standing.of(cluster);
        int faults = faulty(cluster.node("n1")).size();
        for (int round = 1; round <= 2; round++) {
            for (String fault : faulty(cluster.node("n1")).keySet()) {
                cluster.nodes()
                        .forEach(node -> node.writeClusterConf(faulty(node).get(fault)));
                await(fault + " is judged")
                        .atMost(JUDGED_WITHIN)
                        .until(() -> cluster.nodes().stream().allMatch(node -> isJudged(node, fault)));
                assertThat(Standing.of(cluster)).as(fault).isEqualTo(before);
            }
        }
        for (ClusterNode node : cluster.nodes()) {
            List<String> warnings = new LookupOperator(node).warnings();
            // 'empty' and 'comments only' are one fault: nobody is named.
            assertThat(warnings).as("warnings of %s", node).hasSize(faults - 1);
            System.out.println(node + ":\n  " + String.join("\n  ", warnings));
        }
    }

    private static boolean isJudged(ClusterNode node, String fault) {
        String problem = new LookupOperator(node).shown().path("problem").asText();
        return switch (fault) {
            case "partial" -> problem.contains("'peer_po' is not known");
            case "empty", "comments only" -> problem.contains("names no member");
            case "joined" -> problem.contains("line 1") && problem.contains("must be a number");
            case "garbage" -> problem.contains("html");
            case "bad port" -> problem.contains("'10.0.0.1:port'");
            default -> problem.contains("stands in line 1 already");
        };
    }

    /** Writes into the files of all nodes, a hundred times a second each, in place: whoever reads meanwhile sees pieces. */
    private static final class Scribbler implements AutoCloseable {

        private final Random random = new Random(6);

        private final long beganNanos = System.nanoTime();

        /** The hand's alone. */
        private boolean resting;

        private final AtomicLong writes = new AtomicLong();
        private final CompletableFuture<Void> broken = new CompletableFuture<>();
        private final ScheduledExecutorService hand = Executors.newSingleThreadScheduledExecutor();

        Scribbler(List<ClusterNode> nodes) {
            hand.scheduleAtFixedRate(() -> scribbleOrRest(nodes), 0, WRITE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void scribbleOrRest(List<ClusterNode> nodes) {
            Duration time = Duration.ofNanos(System.nanoTime() - beganNanos);
            boolean rest = time.toMillis() % STORM_LASTS.plus(REST_LASTS).toMillis() >= STORM_LASTS.toMillis();
            if (!rest) {
                nodes.forEach(node -> scribble(node, false));
            } else if (!resting) {
                nodes.forEach(node -> scribble(node, true));
            }
            resting = rest;
        }

        /** @param stays whether it must have a fault, since it will be judged */
        private void scribble(ClusterNode node, boolean stays) {
            try {
                List<String> contents = new ArrayList<>(faulty(node).values());
                String harmless = String.join("\n", node.memberList()) + "\n\n" + String.join(",", node.memberList());
                if (!stays) {
                    contents.add(harmless);
                }
                String content = contents.get(random.nextInt(contents.size()));
                int middle = content.isEmpty() ? 0 : random.nextInt(content.length());
                Files.writeString(node.clusterConf(), content.substring(0, middle));
                Files.writeString(node.clusterConf(), content.substring(middle), StandardOpenOption.APPEND);
                writes.incrementAndGet();
            } catch (IOException e) {
                broken.completeExceptionally(new UncheckedIOException(e));
            }
        }

        long writes() {
            return writes.get();
        }

        @Override
        public void close() {
            hand.shutdown();
            try {
                assertThat(hand.awaitTermination(JUDGED_WITHIN.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while the writing ends", e);
            }
            assertThat(broken).as("the writing").isNotCompletedExceptionally();
        }
    }
}
