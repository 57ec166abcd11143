package io.muster.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.SeededRng;
import io.muster.sim.VirtualTime;
import io.muster.sim.net.SimNetwork.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The shapes in which networks break. Nodes are numbered from 0 on. */
class CutTest {

    private final SimNetwork five = network(5);

    @Test
    void isolate_cutsBothDirections() {
        Cut cut = Cut.isolate(five, 2);

        assertThat(heardBy(five, 2)).containsExactly(2);
        assertThat(heardBy(five, 0)).containsExactly(0, 1, 3, 4);
        assertThat(cut.size()).isEqualTo(8);
        cut.heal();
        assertThat(heardBy(five, 2)).hasSize(5);
    }

    @Test
    void halves_hearOnlyThemselves() {
        Cut.halves(five, List.of(0, 3));

        assertThat(heardBy(five, 0)).containsExactly(0, 3);
        assertThat(heardBy(five, 4)).containsExactly(1, 2, 4);
    }

    @Test
    void oneWay_leavesTheOtherDirection() {
        Cut.oneWayIn(five, 1);
        assertThat(heardBy(five, 1)).containsExactly(1);
        assertThat(heardBy(five, 0)).contains(1);
        five.heal();

        Cut.oneWayOut(five, 1);
        assertThat(heardBy(five, 1)).hasSize(5);
        assertThat(heardBy(five, 0)).doesNotContain(1);
    }

    @Test
    void bridge_hearsBothSides() {
        Cut.bridge(five, List.of(4, 0, 1, 2, 3));

        assertThat(heardBy(five, 4)).hasSize(5);
        assertThat(heardBy(five, 0)).containsExactly(0, 1, 4);
        assertThat(heardBy(five, 3)).containsExactly(2, 3, 4);
    }

    @Test
    void ring_givesEachNodeAMajorityOfItsOwn() {
        for (int nodes = 4; nodes <= 7; nodes++) {
            SimNetwork network = network(nodes);
            List<Integer> order = new ArrayList<>(List.of(3, 0, 2, 1, 4, 5, 6));
            order.removeIf(tooLargeFor(nodes));
            Cut.majoritiesRing(network, order);

            Set<String> majorities = new TreeSet<>();
            for (int node = 0; node < nodes; node++) {
                assertThat(heardBy(network, node)).hasSizeGreaterThan(nodes / 2).hasSizeLessThan(nodes);
                majorities.add(heardBy(network, node).toString());
            }
            assertThat(majorities).as("%d nodes", nodes).hasSize(nodes);
        }
    }

    @Test
    void matrix_isAFunctionOfTheSeed() {
        int cut = Cut.matrix(five, 7).size();
        Set<Integer> heard = heardBy(five, 0);
        five.heal();

        assertThat(Cut.matrix(five, 7).size()).isEqualTo(cut).isBetween(2, 18);
        assertThat(heardBy(five, 0)).isEqualTo(heard);
    }

    @Test
    void leaderWithOne_leavesTheOthersTogether() {
        Cut.leaderWithOne(five, 0, 3);

        assertThat(heardBy(five, 0)).containsExactly(0, 3);
        assertThat(heardBy(five, 3)).hasSize(5);
        assertThat(heardBy(five, 1)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void overlappingCuts_healEachItsOwn() {
        Cut one = Cut.isolate(five, 0);
        Cut.oneLink(five, 0, 1);

        one.heal();
        one.heal();

        assertThat(heardBy(five, 1)).containsExactly(1, 2, 3, 4);
        assertThat(heardBy(five, 0)).hasSize(5);
    }

    private static Predicate<Integer> tooLargeFor(int nodes) {
        return node -> node >= nodes;
    }

    private static SimNetwork network(int hosts) {
        SimNetwork network = new SimNetwork(new VirtualTime(0), new SeededRng(1), Routing.BY_NODE_ID);
        for (int host = 0; host < hosts; host++) {
            network.addHost("n" + (host + 1));
        }
        return network;
    }

    private static Set<Integer> heardBy(SimNetwork network, int host) {
        Set<Integer> heard = new TreeSet<>();
        for (int other = 0; other < network.hostCount(); other++) {
            if (!network.link(other, host).isCut()) {
                heard.add(other);
            }
        }
        return heard;
    }
}
