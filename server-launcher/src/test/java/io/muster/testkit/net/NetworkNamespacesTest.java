package io.muster.testkit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Cuts between namespaces hold one way or both, follow a node to its address, and nothing is left over. Skipped where
 * the machine permits no namespaces.
 */
@Timeout(120)
class NetworkNamespacesTest {

    private final Random rng = new Random();

    private void assumeNamespaces() {
        Optional<String> obstacle = NetworkNamespaces.obstacle(rng);
        assumeTrue(obstacle.isEmpty(), () -> "no network namespaces here: " + obstacle.orElseThrow());
    }

    @Test
    void cutsHoldOneWay_followTheNode_andAreMended() {
        assumeNamespaces();
        try (NetworkNamespaces network = NetworkNamespaces.open(rng)) {
            NodeAddress first = network.newAddress();
            NodeAddress second = network.newAddress();
            network.settle("n1", first);
            network.settle("n2", second);

            assertReaches(network, "n1", second);
            network.set("n1", "n2", LinkCondition.DROP);
            assertThat(pings(network, "n1", second)).isFalse();
            assertThat(pings(network, "n2", first)).as("its answer is cut off").isFalse();

            network.settle("n1", second);
            network.settle("n2", first);
            assertThat(pings(network, "n1", first)).isFalse();
            network.heal();
            assertReaches(network, "n1", first);
            assertReaches(network, "n2", second);
        }
    }

    /** A slow machine may need more than one ping's time. */
    private static void assertReaches(NetworkNamespaces network, String from, NodeAddress to) {
        await(from + " reaches " + to).until(() -> pings(network, from, to));
    }

    private static boolean pings(NetworkNamespaces network, String from, NodeAddress to) {
        // A shell's own socket: the machine may have no ping.
        List<String> command = new ArrayList<>(network.commandPrefix(from));
        command.addAll(List.of("timeout", "1", "bash", "-c", "echo > /dev/tcp/" + to.host() + "/" + to.port()));
        try {
            SystemCommand.run(command);
            return true;
        } catch (UncheckedIOException e) {
            return String.valueOf(e.getMessage()).contains("refused");
        }
    }

    @Test
    void close_leavesNoNamespace_noInterface() {
        assumeNamespaces();
        NetworkNamespaces network = NetworkNamespaces.open(rng);
        network.settle("n1", network.newAddress());
        String tag = network.commandPrefix("n1").get(3).split("-", 2)[0];
        assertThat(SystemCommand.run(List.of("ip", "netns", "list"))).contains(tag);
        network.close();
        assertThat(SystemCommand.run(List.of("ip", "netns", "list"))).doesNotContain(tag);
        // The kernel takes interfaces down a moment after their namespace.
        await().until(() -> !SystemCommand.run(List.of("ip", "-o", "link")).contains(tag));
    }
}
