package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Mode;
import io.muster.member.ClusterId;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Operators whose hands edit the members' lists, one here and one there (IX3, X4): lists are wishes, and whatever they say there is one majority. */
class DifferingListsTest {

    private static final int FOUNDING_RUNS = 72;
    private static final int EDITING_RUNS = Integer.getInteger("muster.lists.runs", 12);
    private static final int STEPS = 30;
    private static final int ATTEMPTS_MAX = 30;
    private static final List<List<Integer>> ORDERS = List.of(
            List.of(0, 1, 2), List.of(0, 2, 1), List.of(1, 0, 2), List.of(1, 2, 0), List.of(2, 0, 1), List.of(2, 1, 0));

    /** From at once to far beyond every timeout. */
    private static final List<Integer> DELAYS_MILLIS = List.of(0, 1, 20, 300, 3_000, 40_000);

    /** What must hold at every moment of a cluster's life, seen from outside. */
    private static final class Watch {

        private final EngineCluster cluster;
        private final int nodes;
        private final String run;
        private final Set<ClusterId> clusters =
                new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
        private final Map<Long, Integer> leaderOfTerm = new HashMap<>();

        Watch(EngineCluster cluster, int nodes, String run) {
            this.cluster = cluster;
            this.nodes = nodes;
            this.run = run;
        }

        void look() {
            for (int node = 0; node < nodes; node++) {
                if (cluster.machines().machine(node).running()) {
                    look(node, cluster.status(node));
                }
            }
            assertThat(clusters).as("%s: clusters", run).hasSizeLessThanOrEqualTo(1);
            assertThat(cluster.failures()).as(run).isEmpty();
        }

        private void look(int node, RaftStatus status) {
            status.clusterId().ifPresent(clusters::add);
            if (status.role() == RaftRole.LEADER) {
                Integer before = leaderOfTerm.putIfAbsent(status.term(), node);
                assertThat(before == null || before == node)
                        .as("%s: nodes %s and %d lead in term %d", run, before, node, status.term())
                        .isTrue();
            }
        }

        /** Lets time pass, and looks all the while. */
        void advance(int millis) {
            int step = Math.max(1, millis / 20);
            for (int passed = 0; passed < millis; passed += step) {
                cluster.advance(Duration.ofMillis(step));
                look();
            }
        }
    }

    /** Design §4, "Founding": every order, and delays of every size. */
    @Test
    void whateverTheOrderAndTheDelaysOfTheStarts_oneClusterIsFounded() {
        Random random = new Random(1);
        for (int run = 0; run < FOUNDING_RUNS; run++) {
            EngineCluster cluster = new EngineCluster(run, 3);
            List<Integer> order = ORDERS.get(run % ORDERS.size());
            List<Integer> delays = new ArrayList<>();
            Watch watch = new Watch(cluster, 3, "run " + run);
            for (int node : order) {
                int delay = DELAYS_MILLIS.get(random.nextInt(DELAYS_MILLIS.size()));
                delays.add(delay);
                watch.advance(delay);
                cluster.start(node);
                if (random.nextInt(3) == 0) {
                    watch.advance(random.nextInt(400));
                    cluster.kill(node);
                    cluster.start(node);
                }
            }
            cluster.awaitServing();
            watch.look();
            assertThat(watch.clusters)
                    .as("run %d, started in order %s after %s ms", run, order, delays)
                    .hasSize(1);
        }
    }

    /** Some have seen the edit and some have not, some have a list that somebody got wrong: at most one cluster all the while, one in the end. */
    @Test
    void whileListsDiffer_atMostOneClusterIsFounded_andOneWhenTheyAgree() {
        for (int run = 0; run < EDITING_RUNS; run++) {
            Random random = new Random(run);
            EngineCluster cluster = new EngineCluster(run, 4);
            Watch watch = new Watch(cluster, 4, "run " + run);
            for (int node = 0; node < 4; node++) {
                // Whoever is on a list of its own alone is told to found for itself, which is another story.
                cluster.listAt(node, withSelf(node, 4, 2, random));
                cluster.start(node);
                watch.advance(random.nextInt(3_000));
            }
            for (int step = 0; step < 10; step++) {
                int node = random.nextInt(4);
                cluster.listAt(node, withSelf(node, 4, 3, random));
                watch.advance(random.nextInt(2_000));
            }
            for (int node = 0; node < 4; node++) {
                cluster.listAt(node, List.of(0, 1, 2, 3));
            }
            cluster.awaitServing();
            watch.look();
            assertThat(watch.clusters).as("run %d", run).hasSize(1);
        }
    }

    /** Edits, restarts, cuts and orders, under writes: what was acknowledged is there in the end, once, on every node. */
    @Test
    void whateverTheListsSay_noTwoMajorities_andNothingAcknowledgedIsLost() {
        int acknowledged = 0;
        TreeSet<Integer> sizes = new TreeSet<>();
        for (int run = 0; run < EDITING_RUNS; run++) {
            Story story = new Story(run);
            story.tell();
            acknowledged += story.acknowledged.size();
            sizes.addAll(story.voters);
        }
        assertThat(acknowledged).as("writes acknowledged").isGreaterThan(EDITING_RUNS * 5);
        assertThat(sizes)
                .as("numbers of voters seen, so that the runs mean something")
                .contains(2, 3, 4, 5);
    }

    private static List<Integer> withSelf(int self, int nodes, int countMin, Random random) {
        TreeSet<Integer> list = new TreeSet<>(Set.of(self));
        while (list.size() < countMin || (random.nextBoolean() && list.size() < nodes)) {
            list.add(random.nextInt(nodes));
        }
        return List.copyOf(list);
    }

    /** Five machines, three of which found. */
    private static final class Story {

        private static final int NODES = 5;

        private final Random random;
        private final EngineCluster cluster;
        private final Watch watch;
        private final Map<String, CompletableFuture<?>> writes = new TreeMap<>();
        private final List<String> acknowledged = new ArrayList<>();
        private final TreeSet<Integer> voters = new TreeSet<>();

        Story(long seed) {
            random = new Random(seed);
            cluster = new EngineCluster(seed, 3);
            cluster.machines().addMachine();
            cluster.machines().addMachine();
            watch = new Watch(cluster, NODES, "run " + seed);
        }

        void tell() {
            cluster.found();
            cluster.start(3);
            cluster.start(4);
            for (int step = 0; step < STEPS; step++) {
                act(random.nextInt(12), random.nextInt(NODES));
                write("w" + step, random.nextInt(NODES));
                watch.advance(random.nextInt(random.nextInt(4) == 0 ? 90_000 : 3_000));
                writes.forEach((id, written) -> {
                    if (written.isDone() && !written.isCompletedExceptionally() && !acknowledged.contains(id)) {
                        acknowledged.add(id);
                    }
                });
            }
            end();
        }

        private boolean runs(int node) {
            return cluster.machines().machine(node).running();
        }

        private void act(int what, int node) {
            Optional<Integer> leader = cluster.leader();
            switch (what) {
                case 0 -> cluster.machines().network().isolate(node);
                case 1 -> cluster.machines().network().heal();
                case 2 -> {
                    if (runs(node)) {
                        cluster.kill(node);
                    }
                }
                case 3 -> leader.ifPresent(at -> cluster.engine(at).pauseWish());
                case 4 -> leader.ifPresent(at -> cluster.engine(at).resumeWish());
                case 5 -> leader.ifPresent(at -> cluster.engine(at).addMember(cluster.id(node)));
                case 6 -> leader.ifPresent(at -> cluster.engine(at).removeMember(cluster.id(node), false));
                case 7 -> {
                    List<Integer> agreed = withSelf(node, NODES, 3, random);
                    for (int each = 0; each < NODES; each++) {
                        cluster.listAt(each, agreed);
                    }
                }
                default -> cluster.listAt(node, anyList());
            }
            if (!runs(node) && random.nextInt(3) == 0) {
                cluster.start(node);
            }
        }

        /** With this node or without it. */
        private List<Integer> anyList() {
            List<Integer> list = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                if (random.nextInt(3) > 0) {
                    list.add(node);
                }
            }
            return list.isEmpty() ? List.of(random.nextInt(NODES)) : list;
        }

        private void write(String id, int node) {
            if (runs(node)) {
                writes.put(id, cluster.putting(node, id, id));
                cluster.leader()
                        .ifPresent(at -> voters.add(cluster.status(at).voters().size()));
            }
        }

        /** A leader that is new refuses orders. */
        private void resume() {
            for (int attempt = 1; ; attempt++) {
                CompletableFuture<String> resumed =
                        cluster.engine(cluster.awaitLeader()).resumeWish().toCompletableFuture();
                cluster.until(resumed::isDone);
                if (!resumed.isCompletedExceptionally()) {
                    return;
                }
                assertThat(attempt).as("%s: attempts to resume", watch.run).isLessThan(ATTEMPTS_MAX);
                cluster.advance(Duration.ofSeconds(1));
            }
        }

        private void end() {
            cluster.machines().network().heal();
            for (int node = 0; node < NODES; node++) {
                cluster.listAt(node, List.of(0, 1, 2, 3, 4));
                if (!runs(node)) {
                    cluster.start(node);
                }
            }
            resume();
            cluster.until(() -> {
                for (int node = 0; node < NODES; node++) {
                    if (!cluster.engine(node).readiness(Mode.PERSISTENT).ready()
                            || cluster.status(node).voters().size() != NODES) {
                        return false;
                    }
                }
                return true;
            });
            cluster.awaitSame();
            watch.look();
            for (String id : acknowledged) {
                for (int node = 0; node < NODES; node++) {
                    assertThat(cluster.get(node, id))
                            .as("%s: %s at node %d", watch.run, id, node)
                            .contains(id);
                }
            }
        }
    }
}
