package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Figures.Distribution;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.client.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * R53, figure: how soon after a cut is healed are all lists equal and exact, with instances that came and went on both sides meanwhile? {@code
 * -Dmuster.healing.rounds} and {@code -Dmuster.healing.instances} make it shorter.
 */
@Timeout(2400)
class HealingIT {

    private static final int ROUNDS = Integer.getInteger("muster.healing.rounds", 20);
    private static final int INSTANCES = Integer.getInteger("muster.healing.instances", 10_000);
    private static final int SERVICES = 200;

    /** Each round so many of each side leave, and those that left in the round before come back. */
    private static final int GO = 25;

    /** Past the detection of a dead member. */
    private static final int SHORT_CUT = 12;

    /** Past the timeout of an instance, so that each side has forgotten the other's. */
    private static final int LONG_CUT = 45;

    private static final Duration EQUAL_WITHIN = Duration.ofSeconds(6);
    private static final Duration LONGEST_WATCHED = Duration.ofSeconds(60);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final Figures figures = Figures.of(HealingIT.class);

    private enum Kind {
        HALVES {
            @Override
            int cut(ServerCluster cluster) {
                cluster.partition("n1").from("n2", "n3");
                return SHORT_CUT;
            }
        },
        ONE_LINK {
            @Override
            int cut(ServerCluster cluster) {
                cluster.cut("n1").from("n2");
                return SHORT_CUT;
            }
        },
        ONE_WAY {
            @Override
            int cut(ServerCluster cluster) {
                cluster.cut("n1").oneWayTo("n2", "n3");
                return SHORT_CUT;
            }
        },
        HALVES_FOR_LONG {
            @Override
            int cut(ServerCluster cluster) {
                cluster.partition("n1").from("n2", "n3");
                return LONG_CUT;
            }
        };

        /** Cuts, and tells for how many looks it is to last. */
        abstract int cut(ServerCluster cluster);
    }

    @Test
    @InFullRun
    void cutAndHealed_allListsAreEqualAndExactSoon() {
        ServerCluster cluster = clusters.start(clusters.of(3));
        List<Instance> instances = Instance.spread("heal", INSTANCES, SERVICES);
        int throughN1 = INSTANCES / 3;
        List<Duration> took = new ArrayList<>();
        try (Sides sides = Sides.of(cluster, instances, throughN1)) {
            for (int round = 0; round < ROUNDS; round++) {
                Kind kind = Kind.values()[round % Kind.values().length];
                int looks = kind.cut(cluster);
                changeBothSides(sides, instances, throughN1, round);
                sides.goesOn(looks);
                cluster.heal();
                Duration equal = sides.untilEqualAndExact(LONGEST_WATCHED);
                took.add(equal);
                figures.print("round " + round + ", " + kind, equal.toMillis() + " ms");
                sides.nobodyWasMissedOnItsSide();
                cluster.awaitAllUp();
            }
        }
        figures.print(INSTANCES + " instances, equal and exact after healing", Distribution.of(took));
        assertThat(took).allSatisfy(each -> assertThat(each).isLessThan(EQUAL_WITHIN));
    }

    private static void changeBothSides(Sides sides, List<Instance> instances, int throughN1, int round) {
        List<List<Instance>> bySide =
                List.of(instances.subList(0, throughN1), instances.subList(throughN1, instances.size()));
        for (int side = 0; side < bySide.size(); side++) {
            sides.leave(side, slice(bySide.get(side), round));
            if (round > 0) {
                sides.comeBack(side, slice(bySide.get(side), round - 1));
            }
        }
    }

    private static List<Instance> slice(List<Instance> side, int round) {
        int slices = side.size() / GO;
        return side.subList(round % slices * GO, round % slices * GO + GO);
    }
}
