package io.muster.sim.run;

import io.muster.sim.SeededRng;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Draws one fault of a kind. Faults that lose data hit the damageable nodes alone, so that a majority keeps an intact copy of all that it had
 * promised ({@code spec/simulation.md} §3).
 */
final class FaultDraw {

    private static final long LASTS_MILLIS_MIN = 50;
    private static final long LASTS_MILLIS_MAX = 8_000;
    private static final long PAUSE_MILLIS_MIN = 100;
    private static final long PAUSE_MILLIS_MAX = 120_000;
    private static final long STALL_MILLIS_MIN = 100;
    private static final long STALL_MILLIS_MAX = 30_000;
    private static final long WALL_JUMP_MILLIS_MIN = 1_000;
    private static final long WALL_JUMP_MILLIS_MAX = Duration.ofDays(3_650).toMillis();
    private static final int TRIGGER_DELAY_MICROS_MAX = 3_000;

    private final int nodes;
    private final List<Integer> damageable;
    private final long chaosMillis;
    private final List<String> sensitivePoints;

    FaultDraw(int nodes, List<Integer> damageable, long chaosMillis, List<String> sensitivePoints) {
        this.nodes = nodes;
        this.damageable = damageable;
        this.chaosMillis = chaosMillis;
        this.sensitivePoints = sensitivePoints;
    }

    /**
     * @param triggered whether a sensitive point is to fire it, if the kind is one that can be
     * @return empty if the cluster is too small for the kind
     */
    Optional<Fault> draw(FaultKind kind, boolean triggered, SeededRng seeds) {
        RandomGenerator random = seeds.stream("fault");
        List<Integer> hit = drawNodes(kind, seeds, random);
        if (hit.isEmpty() && kind.needsNodes()) {
            return Optional.empty();
        }
        Fault timed = Fault.at(
                random.nextLong(chaosMillis),
                kind,
                drawLasting(kind, random),
                hit,
                drawAmount(kind, random),
                seeds.child("later").seed());
        if (!triggered || !canBeTriggered(kind)) {
            return Optional.of(timed);
        }
        String point = sensitivePoints.get(random.nextInt(sensitivePoints.size()));
        int nth = (int) PlanDraw.logarithmic(random, 1, 30);
        return Optional.of(timed.triggeredBy(point, nth, random.nextInt(TRIGGER_DELAY_MICROS_MAX)));
    }

    private List<Integer> drawNodes(FaultKind kind, SeededRng seeds, RandomGenerator random) {
        List<Integer> order = PlanDraw.shuffled(nodes, seeds.child("nodes").seed());
        if (kind.losesData()) {
            return damageable.isEmpty() ? List.of() : List.of(damageable.get(random.nextInt(damageable.size())));
        }
        return switch (kind) {
            case CUT_MATRIX, POWER_LOSS_ALL -> List.of();
            case CUT_BRIDGE, CUT_RING -> nodes < 3 ? List.of() : order;
            case CUT_HALVES, SWIZZLE -> nodes < 2 ? List.of() : order.subList(0, 1 + random.nextInt(nodes - 1));
            case CLOG, HALF_OPEN, CUT_LEADER_ONE, ADDRESS_SWAP -> nodes < 2 ? List.of() : order.subList(0, 2);
            case LINK_DROP,
                    LINK_DUPLICATE,
                    LINK_REORDER,
                    LINK_REPLAY,
                    LINK_TRUNCATE,
                    LINK_FLIP,
                    LINK_DELAY,
                    LINK_SLOW,
                    LINK_QUEUE -> nodes < 2 || random.nextBoolean() ? List.of() : order.subList(0, 2);
            case CUT_ISOLATE, CUT_ONE_WAY_IN, CUT_ONE_WAY_OUT -> nodes < 2 ? List.of() : order.subList(0, 1);
            default -> order.subList(0, 1);
        };
    }

    private static long drawLasting(FaultKind kind, RandomGenerator random) {
        return switch (kind) {
            case PAUSE -> PlanDraw.logarithmic(random, PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX);
            case DISK_STALL -> PlanDraw.logarithmic(random, STALL_MILLIS_MIN, STALL_MILLIS_MAX);
            default -> PlanDraw.logarithmic(random, LASTS_MILLIS_MIN, LASTS_MILLIS_MAX);
        };
    }

    private static long drawAmount(FaultKind kind, RandomGenerator random) {
        return switch (kind) {
            case LINK_DROP -> 10 + random.nextInt(290);
            case LINK_DUPLICATE, LINK_REORDER -> 10 + random.nextInt(490);
            case LINK_REPLAY, LINK_TRUNCATE, LINK_FLIP -> 5 + random.nextInt(95);
            case LINK_DELAY -> PlanDraw.logarithmic(random, 1_000, 100_000);
            case LINK_SLOW -> 100;
            case LINK_QUEUE -> 1 + random.nextInt(50);
            case SLOW_NODE -> 50;
            case RESTART_STORM -> 2 + random.nextInt(7);
            case CLOCK_RATE -> 500 + random.nextInt(1_500);
            case WALL_JUMP ->
                (random.nextBoolean() ? 1 : -1)
                        * PlanDraw.logarithmic(random, WALL_JUMP_MILLIS_MIN, WALL_JUMP_MILLIS_MAX);
            case DISK_SLOW -> PlanDraw.logarithmic(random, 1_000, 200_000);
            case DISK_FULL -> PlanDraw.logarithmic(random, 1, 64 << 10);
            case RESTART_OLD_CONFIG, RESTART_OTHER_VERSION -> random.nextInt(1_000);
            default -> 0;
        };
    }

    private static boolean canBeTriggered(FaultKind kind) {
        return switch (kind) {
            case KILL, POWER_LOSS, PAUSE, CUT_ISOLATE, CUT_ONE_WAY_IN, CUT_ONE_WAY_OUT -> true;
            default -> false;
        };
    }
}
