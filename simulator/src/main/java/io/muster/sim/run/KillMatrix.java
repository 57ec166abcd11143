package io.muster.sim.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Which planted bug is killed by which invariant, after how many seeds ({@code spec/simulation.md} §10). A bug is killed when an invariant that
 * was expected of it fails; an unexpected one is told, and kills nothing.
 */
public final class KillMatrix {

    /** A bug must be killed within so many seeds. */
    public static final int SEEDS_MAX = 500;

    /** The seeds of one round are apart from those of the next. */
    private static final long ROUND_STRIDE = 1_000_000;

    private final PlanShape shape;
    private final int rounds;
    private final int seedsMax;

    /** @param rounds how often each bug is hunted, with seeds of its own each time; the figure is the median */
    public KillMatrix(PlanShape shape, int rounds, int seedsMax) {
        this.shape = shape;
        this.rounds = rounds;
        this.seedsMax = seedsMax;
    }

    /**
     * A deliberately broken subject.
     *
     * @param expected the invariants, one of which must fail
     */
    public record PlantedBug(String name, Subject subject, Set<String> expected) {}

    /**
     * What became of one bug.
     *
     * @param seeds how many seeds each round took that killed it, sorted
     * @param byInvariant how often each invariant failed first
     */
    public record Row(String bug, List<Integer> seeds, int survived, SortedMap<String, Integer> byInvariant) {

        /** One line of the matrix as people read it. */
        public String line() {
            return String.format(
                    "%-45s %-8s median %4s of %s, by %s",
                    bug, killed() ? "killed" : "SURVIVED", medianSeeds() < 0 ? "-" : medianSeeds(), seeds, byInvariant);
        }

        /** Whether every round killed it. */
        public boolean killed() {
            return survived == 0;
        }

        public int medianSeeds() {
            return seeds.isEmpty() ? -1 : seeds.get(seeds.size() / 2);
        }
    }

    /** Hunts one bug. */
    public Row hunt(PlantedBug bug) {
        List<Integer> seeds = new ArrayList<>();
        SortedMap<String, Integer> byInvariant = new TreeMap<>();
        int survived = 0;
        for (int round = 0; round < rounds; round++) {
            Optional<Integer> killedAfter = huntOnce(bug, round * ROUND_STRIDE, byInvariant);
            killedAfter.ifPresent(seeds::add);
            survived += killedAfter.isPresent() ? 0 : 1;
        }
        Collections.sort(seeds);
        return new Row(bug.name(), seeds, survived, byInvariant);
    }

    /**
     * Hunts many bugs, each on one thread.
     *
     * @param told of each row as soon as it is there, by one thread at a time
     * @return the rows, in the order of the bugs
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public List<Row> huntAll(List<PlantedBug> bugs, int threads, Consumer<Row> told) throws InterruptedException {
        Map<Integer, Row> rows = new ConcurrentSkipListMap<>();
        AtomicInteger next = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(
                    () -> {
                        for (int bug = next.getAndIncrement(); bug < bugs.size(); bug = next.getAndIncrement()) {
                            Row row = hunt(bugs.get(bug));
                            rows.put(bug, row);
                            synchronized (rows) {
                                told.accept(row);
                            }
                        }
                    },
                    "hunt-" + i);
            workers.add(worker);
            worker.start();
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return List.copyOf(rows.values());
    }

    /** The first failing run of the bug, if there is one within the bound: for shrinking. */
    public Optional<SimResult> firstKill(PlantedBug bug, long firstSeed) {
        Simulations simulations = Simulations.of(bug.subject()).withShape(shape);
        for (long seed = firstSeed; seed < firstSeed + seedsMax; seed++) {
            SimResult result = simulations.run(seed);
            if (result.failure()
                    .filter(failure -> bug.expected().contains(failure.invariant()))
                    .isPresent()) {
                return Optional.of(result);
            }
        }
        return Optional.empty();
    }

    public static String toJson(List<Row> rows) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("bug", row.bug());
            fields.put("killed", row.killed());
            fields.put("medianSeeds", row.medianSeeds());
            fields.put("seeds", row.seeds());
            fields.put("byInvariant", row.byInvariant());
            all.add(fields);
        }
        return JsonTree.write(all);
    }

    private Optional<Integer> huntOnce(PlantedBug bug, long firstSeed, SortedMap<String, Integer> byInvariant) {
        Simulations simulations = Simulations.of(bug.subject()).withShape(shape);
        for (int count = 1; count <= seedsMax; count++) {
            Optional<Failure> failure = simulations.run(firstSeed + count - 1).failure();
            if (failure.isPresent()) {
                byInvariant.merge(failure.get().invariant(), 1, Integer::sum);
                if (bug.expected().contains(failure.get().invariant())) {
                    return Optional.of(count);
                }
            }
        }
        return Optional.empty();
    }
}
