package io.muster.raft.core.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Joint arithmetic (dissertation §4.3) against versions that are too simple to be wrong. */
class QuorumTest {

    private static final int NODES = 6;
    private static final int RUNS = 20_000;

    private final Random random = new Random(11);

    private static NodeId node(int number) {
        return new NodeId(0, number);
    }

    private List<NodeId> anyNodes(boolean maybeNone) {
        List<NodeId> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            if (random.nextBoolean()) {
                nodes.add(node(i));
            }
        }
        return nodes.isEmpty() && !maybeNone ? List.of(node(0)) : nodes;
    }

    private static boolean dumbMajority(List<NodeId> half, Set<NodeId> yes) {
        int count = 0;
        for (NodeId voter : half) {
            count += yes.contains(voter) ? 1 : -1;
        }
        return count > 0;
    }

    @Test
    void agreement_needsAMajorityOfEachHalf() {
        for (int run = 0; run < RUNS; run++) {
            List<NodeId> voters = anyNodes(false);
            List<NodeId> outgoing = anyNodes(true);
            Set<NodeId> yes = Set.copyOf(anyNodes(true));

            boolean expected = dumbMajority(voters, yes) && (outgoing.isEmpty() || dumbMajority(outgoing, yes));
            assertThat(new Quorum(voters, outgoing).agrees(yes::contains)).isEqualTo(expected);
        }
    }

    /** The highest value for which those who have reached it agree: tries every value. */
    @Test
    void reached_isTheHighestValueThatTheyAgreeOn() {
        for (int run = 0; run < RUNS; run++) {
            Quorum quorum = new Quorum(anyNodes(false), anyNodes(true));
            Map<NodeId, Long> values = new TreeMap<>();
            for (int i = 0; i < NODES; i++) {
                values.put(node(i), (long) random.nextInt(8));
            }
            long highest = 0;
            for (long value = 0; value < 8; value++) {
                long wanted = value;
                if (quorum.agrees(voter -> values.get(voter) >= wanted)) {
                    highest = value;
                }
            }
            assertThat(quorum.reached(values::get)).isEqualTo(highest);
        }
    }

    /** What joint configurations are for: no two decisions without a common voter. */
    @Test
    void jointDecisions_overlapWithThoseOfEitherHalf() {
        for (int run = 0; run < RUNS; run++) {
            List<NodeId> older = anyNodes(false);
            List<NodeId> newer = anyNodes(false);
            Set<NodeId> one = Set.copyOf(anyNodes(true));
            Set<NodeId> rest = allBut(one);
            Quorum joint = new Quorum(newer, older);
            if (joint.agrees(one::contains)) {
                assertThat(new Quorum(older, List.of()).agrees(rest::contains)).isFalse();
                assertThat(new Quorum(newer, List.of()).agrees(rest::contains)).isFalse();
                assertThat(joint.agrees(rest::contains)).isFalse();
            }
        }
    }

    private static Set<NodeId> allBut(Set<NodeId> some) {
        return IntStream.range(0, NODES)
                .mapToObj(QuorumTest::node)
                .filter(node -> !some.contains(node))
                .collect(Collectors.toSet());
    }

    @Test
    void nobody_agreesOnNothing() {
        Quorum nobody = new Quorum(List.of(), List.of());
        assertThat(nobody.agrees(node -> true)).isFalse();
        assertThat(nobody.reached(node -> 5)).isZero();
    }
}
