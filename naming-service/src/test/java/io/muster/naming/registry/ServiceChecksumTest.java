package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Instance;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.Selector;
import io.muster.naming.model.ServiceDefinition;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Equal on nodes that know the same, different on those that do not. */
class ServiceChecksumTest {

    private static String checksum(RegistryFixture node) {
        return ServiceChecksum.of(node.orders());
    }

    /** A node learns of things in its own order, at its own time, and counts its own revisions. */
    @Test
    void sameContent_sameChecksum_whateverTheWay() {
        RegistryFixture one = new RegistryFixture();
        one.register(FIRST);
        one.register(SECOND);
        RegistryFixture other = new RegistryFixture();
        other.nowMillis += 60_000;
        other.register(SECOND);
        other.register(Instance.ephemeral(FIRST).withWeight(2));
        other.register(FIRST);

        assertThat(checksum(other)).isEqualTo(checksum(one)).matches("[0-9a-f]{32}");
        assertThat(other.orders().revision()).isNotEqualTo(one.orders().revision());
    }

    /** One thing at a time, each must show. */
    @Test
    void whateverReadersSee_changesIt() {
        RegistryFixture node = new RegistryFixture();
        node.register(FIRST);
        TreeSet<String> seen = new TreeSet<>();
        assertThat(seen.add(checksum(node))).isTrue();
        List<Instance> others = List.of(
                Instance.ephemeral(FIRST).withWeight(2),
                Instance.ephemeral(FIRST).withEnabled(false),
                Instance.ephemeral(FIRST).withApp("shop"),
                Instance.ephemeral(FIRST).withMetadata(metadata("a", "b")),
                Instance.ephemeral(FIRST).withMetadata(metadata("ab", "")),
                Instance.ephemeral(FIRST).withMetadata(Metadata.of(Map.of("a", "", "b", ""))));
        for (Instance instance : others) {
            node.register(instance);
            assertThat(seen.add(checksum(node))).as("%s", instance).isTrue();
        }
        List<ServiceDefinition> definitions = List.of(
                new ServiceDefinition(0.5, Metadata.EMPTY, Selector.NONE),
                new ServiceDefinition(0.5, metadata("a", "b"), Selector.NONE),
                new ServiceDefinition(
                        0.5, metadata("a", "b"), Selector.of("label", "CONSUMER.label.x = PROVIDER.label.x")));
        for (ServiceDefinition definition : definitions) {
            await(node.registry.services().update(ORDERS, definition, ALICE));
            assertThat(seen.add(checksum(node))).as("%s", definition).isTrue();
        }
        List<ClusterDefinition> clusters = List.of(
                new ClusterDefinition(HealthChecker.NONE, 80, true, Metadata.EMPTY),
                new ClusterDefinition(HealthChecker.NONE, 81, true, Metadata.EMPTY),
                new ClusterDefinition(HealthChecker.NONE, 81, false, Metadata.EMPTY),
                new ClusterDefinition(HealthChecker.NONE, 81, false, metadata("a", "b")),
                new ClusterDefinition(new HealthChecker.Http("/", "", 200), 81, false, metadata("a", "b")),
                new ClusterDefinition(new HealthChecker.Http("/", "", 204), 81, false, metadata("a", "b")));
        for (ClusterDefinition cluster : clusters) {
            await(node.registry.services().putCluster(ORDERS, "DEFAULT", cluster, ALICE));
            assertThat(seen.add(checksum(node))).as("%s", cluster).isTrue();
        }
    }
}
