package io.muster.sim.run;

import io.muster.sim.SeededRng;
import io.muster.sim.net.LinkQuality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Draws plans from seeds, by the seed tree {@code topology, config, net, disk, faults, workload}: each branch draws for itself. Swarm testing
 * (Groce et al., ISSTA 2012): each seed leaves a random part of the faults and of the noise out, since what is always there hides what
 * only shows without it.
 */
public final class PlanDraw {

    /** Sizes of clusters, as often as they are drawn. */
    private static final List<Integer> NODES = List.of(1, 2, 3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 6, 7);

    private static final List<CoreFate> FATES = List.of(CoreFate.values());

    /** One seed in so many has no fault and no noise: it must pass, too. */
    private static final int QUIET_ONE_IN = 16;

    private static final long FAULT_INTERVAL_MILLIS_MIN = 300;
    private static final long FAULT_INTERVAL_MILLIS_MAX = 10_000;
    private static final int FAULTS_MAX = 200;

    private final Subject subject;
    private final PlanShape shape;

    public PlanDraw(Subject subject, PlanShape shape) {
        this.subject = subject;
        this.shape = shape;
    }

    public Plan draw(long seed) {
        SeededRng seeds = new SeededRng(seed);
        RandomGenerator topology = seeds.stream("topology");
        int nodes = drawNodes(topology);
        List<Integer> coreOrder = shuffled(nodes, seeds.child("core").seed());
        CoreFate fate = FATES.get(topology.nextInt(FATES.size()));
        boolean quiet = topology.nextInt(QUIET_ONE_IN) == 0;
        SortedMap<String, Long> knobs = new TreeMap<>(subject.drawKnobs(nodes, seeds.stream("config")));
        RandomGenerator disk = seeds.stream("disk");
        knobs.put(DiskPace.WRITE_KNOB, logarithmic(disk, 5, 500));
        knobs.put(DiskPace.SYNC_KNOB, logarithmic(disk, 50, 20_000));
        return new Plan(
                subject.name(),
                seed,
                nodes,
                knobs,
                shape,
                quiet ? LinkQuality.GOOD : drawNoise(seeds.stream("net")),
                coreOrder,
                fate,
                quiet ? List.of() : drawFaults(nodes, seeds.child("faults")),
                subject.drawOperations(nodes, shape, seeds.stream("workload")));
    }

    private int drawNodes(RandomGenerator topology) {
        int drawn = NODES.get(topology.nextInt(NODES.size()));
        return Math.max(subject.nodesMin(), Math.min(subject.nodesMax(), drawn));
    }

    private static LinkQuality drawNoise(RandomGenerator net) {
        LinkQuality noise = LinkQuality.GOOD;
        noise = net.nextBoolean() ? noise.withDrop(0.3 * cubed(net)) : noise;
        noise = net.nextBoolean() ? noise.withDuplicate(0.5 * cubed(net)) : noise;
        noise = net.nextBoolean() ? noise.withReorder(0.5 * cubed(net)) : noise;
        noise = net.nextInt(3) == 0 ? noise.withReplay(0.05 * cubed(net)) : noise;
        if (net.nextBoolean()) {
            long minMicros = (long) (30_000 * cubed(net));
            long meanMicros = (long) (100_000 * cubed(net));
            noise = noise.withDelay(Duration.ofNanos(minMicros * 1_000), Duration.ofNanos(meanMicros * 1_000));
        }
        return noise;
    }

    private List<Fault> drawFaults(int nodes, SeededRng seeds) {
        RandomGenerator swarm = seeds.stream("swarm");
        List<FaultKind> kinds = new ArrayList<>();
        double keep = 0.1 + 0.8 * swarm.nextDouble();
        for (FaultKind kind : FaultKind.values()) {
            boolean kept = swarm.nextDouble() < keep;
            if (kept && subject.faultKinds().contains(kind)) {
                kinds.add(kind);
            }
        }
        if (kinds.isEmpty()) {
            return List.of();
        }
        boolean triggered = swarm.nextBoolean() && !subject.sensitivePoints().isEmpty();
        List<Integer> damageable =
                shuffled(nodes, seeds.child("damageable").seed()).subList(0, (nodes - 1) / 2);
        long intervalMillis = logarithmic(swarm, FAULT_INTERVAL_MILLIS_MIN, FAULT_INTERVAL_MILLIS_MAX);
        int count = (int) Math.min(FAULTS_MAX, 1 + shape.chaosMillis() / intervalMillis);
        FaultDraw draw = new FaultDraw(nodes, damageable, shape.chaosMillis(), subject.sensitivePoints());
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FaultKind kind = kinds.get(swarm.nextInt(kinds.size()));
            draw.draw(kind, triggered, seeds.child("fault-" + i)).ifPresent(faults::add);
        }
        return faults;
    }

    static List<Integer> shuffled(int nodes, long seed) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, nodes).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        return order;
    }

    /** Each power of ten is as likely as any other. */
    static long logarithmic(RandomGenerator random, long min, long max) {
        double exponent = StrictMath.log((double) max / min) * random.nextDouble();
        return (long) (min * StrictMath.exp(exponent));
    }

    /** From 0 to 1, mostly small. */
    private static double cubed(RandomGenerator random) {
        double drawn = random.nextDouble();
        return drawn * drawn * drawn;
    }
}
