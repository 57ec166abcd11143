package io.muster.naming.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.muster.naming.list.InstanceLists;
import io.muster.naming.model.Instance;
import io.muster.naming.push.PushStats;
import io.muster.naming.push.SubscriberSettings;
import io.muster.naming.push.Subscribers;
import io.muster.naming.registry.RegistryFixture;
import io.muster.naming.registry.WarmUp;
import java.util.List;
import org.junit.jupiter.api.Test;

/** nacos-v1-http.md §7.4. */
class NamingMetersTest {

    // Meters hold their sources weakly, so this test must hold them as a server does.
    private final RegistryFixture fixture = new RegistryFixture();
    private final InstanceLists lists =
            new InstanceLists(fixture.registry.index(), fixture.registry.switches(), WarmUp.DONE, 1_000);
    private final Subscribers subscribers = new Subscribers(SubscriberSettings.STANDARD, System::nanoTime);
    private final PushStats push = new PushStats();

    @Test
    void figures_standUnderOurNamesAndUnderThoseOfNacos() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        NamingMeters.bind(meters, fixture.registry.index(), lists, subscribers, push);

        fixture.register(RegistryFixture.FIRST);
        fixture.register(Instance.of(RegistryFixture.SECOND, false));

        assertThat(meters.get("muster.naming.services").gauge().value()).isEqualTo(1);
        assertThat(meters.get("muster.naming.instances")
                        .tag("mode", "ephemeral")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(meters.get("muster.naming.overlays.pending").gauge().value()).isZero();
        assertThat(meters.get("nacos_monitor")
                        .tags("module", "naming", "name", "ipCount")
                        .gauge()
                        .value())
                .isEqualTo(2);
        for (String name : List.of("serviceCount", "totalPush", "failedPush", "maxPushCost", "avgPushCost")) {
            assertThat(meters.get("nacos_monitor").tags("name", name).gauge().value())
                    .isNotNaN();
        }
    }
}
