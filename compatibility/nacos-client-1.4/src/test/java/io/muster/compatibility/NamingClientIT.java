package io.muster.compatibility;

import static io.muster.compatibility.NacosClient.addresses;
import static io.muster.compatibility.NacosClient.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.pojo.Instance;
import com.alibaba.nacos.api.naming.pojo.ListView;
import io.muster.testkit.ServerProcess;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** R71: what a Nacos 1.4 client writes, it reads at once on the node that it wrote to, with all that it said. */
@ExtendWith(SharedServer.class)
@TestInstance(Lifecycle.PER_CLASS)
class NamingClientIT {

    private String address;
    private String service;
    private NacosClient provider;
    private NacosClient consumer;

    /** Once for all tests, which keep to services of their own: a Nacos client takes seconds to close. */
    @BeforeAll
    void connect(ServerProcess server) throws NacosException {
        address = NacosClient.address(server);
        provider = NacosClient.of(address);
        consumer = NacosClient.of(address);
    }

    @BeforeEach
    void name(TestInfo test) {
        service = test.getTestMethod().orElseThrow().getName();
    }

    @AfterAll
    void disconnect() throws NacosException {
        provider.close();
        consumer.close();
    }

    @Test
    void registeredInstance_isListedWithAllThatItSaid() throws NacosException {
        Map<String, String> metadata = Map.of("zone", "a", "note", "50 % of \"ü=1&2\", {x} + y");
        Instance instance = instance("10.1.0.1", 8080);
        instance.setWeight(2.5);
        instance.setClusterName("north");
        instance.setMetadata(metadata);

        provider.naming().registerInstance(service, instance);

        assertThat(consumer.naming().getAllInstances(service)).singleElement().satisfies(listed -> {
            assertThat(listed.getInstanceId()).isEqualTo("10.1.0.1#8080#north#DEFAULT_GROUP@@" + service);
            assertThat(listed.toInetAddr()).isEqualTo("10.1.0.1:8080");
            assertThat(listed.getServiceName()).isEqualTo("DEFAULT_GROUP@@" + service);
            assertThat(listed.getClusterName()).isEqualTo("north");
            assertThat(listed.getWeight()).isEqualTo(2.5);
            assertThat(listed.getMetadata()).isEqualTo(metadata);
            assertThat(listed.isHealthy()).isTrue();
            assertThat(listed.isEnabled()).isTrue();
            assertThat(listed.isEphemeral()).isTrue();
        });
    }

    @Test
    void deregisteredInstance_isGone() throws NacosException {
        provider.naming().registerInstance(service, "10.1.0.1", 8080);
        provider.naming().registerInstance(service, "10.1.0.2", 8080);

        provider.naming().deregisterInstance(service, "10.1.0.1", 8080);

        assertThat(addresses(consumer.ask(service))).containsExactly("10.1.0.2:8080");
    }

    @Test
    void registeredAgain_takesTheNewWeightAndMetadata() throws NacosException {
        Instance instance = instance("10.1.0.1", 8080);
        instance.addMetadata("release", "1");
        provider.naming().registerInstance(service, instance);

        instance.setWeight(7);
        instance.setMetadata(Map.of("release", "2"));
        provider.naming().registerInstance(service, instance);

        assertThat(consumer.ask(service))
                .extracting(Instance::getWeight, Instance::getMetadata)
                .containsExactly(tuple(7.0, Map.of("release", "2")));
    }

    @Test
    void selectHealthy_leavesOutWhatIsUnhealthyWithoutWeightOrDisabled() throws NacosException {
        Instance sick = instance("10.1.0.2", 8080);
        sick.setHealthy(false);
        Instance weightless = instance("10.1.0.3", 8080);
        weightless.setWeight(0);
        Instance disabled = instance("10.1.0.4", 8080);
        disabled.setEnabled(false);
        for (Instance instance : List.of(instance("10.1.0.1", 8080), sick, weightless, disabled)) {
            instance.setEphemeral(false);
            provider.naming().registerInstance(service, instance);
        }

        assertThat(addresses(consumer.naming().selectInstances(service, true))).containsExactly("10.1.0.1:8080");
        assertThat(addresses(consumer.naming().selectInstances(service, false))).containsExactly("10.1.0.2:8080");
        assertThat(addresses(consumer.ask(service)))
                .as("a disabled instance is in no list")
                .containsExactly("10.1.0.1:8080", "10.1.0.2:8080", "10.1.0.3:8080");
        assertThat(consumer.naming().selectOneHealthyInstance(service).toInetAddr())
                .isEqualTo("10.1.0.1:8080");
    }

    @Test
    void groupsKeepApart() throws NacosException {
        provider.naming().registerInstance(service, "red", "10.1.0.1", 8080);
        provider.naming().registerInstance(service, "blue", "10.1.0.2", 8080);

        assertThat(addresses(consumer.naming().getAllInstances(service, "red"))).containsExactly("10.1.0.1:8080");
        assertThat(addresses(consumer.naming().getAllInstances(service, "blue")))
                .containsExactly("10.1.0.2:8080");
        assertThat(consumer.naming().getAllInstances(service)).isEmpty();

        provider.naming().deregisterInstance(service, "red", "10.1.0.1", 8080);
        assertThat(consumer.naming().getAllInstances(service, "red", false)).isEmpty();
        assertThat(consumer.naming().getAllInstances(service, "blue", false)).hasSize(1);
    }

    @Test
    void namespacesKeepApart() throws NacosException {
        try (NacosClient dev = NacosClient.inNamespace(address, "dev");
                NacosClient test = NacosClient.inNamespace(address, "test")) {
            dev.naming().registerInstance(service, "10.1.0.1", 8080);
            test.naming().registerInstance(service, "10.1.0.2", 8080);

            assertThat(addresses(dev.ask(service))).containsExactly("10.1.0.1:8080");
            assertThat(addresses(test.ask(service))).containsExactly("10.1.0.2:8080");
            assertThat(consumer.ask(service)).isEmpty();
        }
    }

    @Test
    void clustersNarrowTheList() throws NacosException {
        provider.naming().registerInstance(service, "10.1.0.1", 8080, "north");
        provider.naming().registerInstance(service, "10.1.0.2", 8080, "south");
        provider.naming().registerInstance(service, "10.1.0.3", 8080, "west");

        assertThat(addresses(consumer.naming().getAllInstances(service, List.of("north", "west"))))
                .containsExactly("10.1.0.1:8080", "10.1.0.3:8080");
        assertThat(addresses(consumer.naming().selectInstances(service, List.of("south"), true)))
                .containsExactly("10.1.0.2:8080");
        assertThat(consumer.naming()
                        .selectOneHealthyInstance(service, List.of("west"))
                        .getClusterName())
                .isEqualTo("west");
        assertThat(consumer.naming().getAllInstances(service, List.of("east"))).isEmpty();
        assertThat(consumer.naming().getAllInstances(service)).hasSize(3);
    }

    @Test
    void persistentInstance_isListedAsSuch_andGoesWhenTold() throws NacosException {
        Instance declared = instance("10.1.0.1", 9090);
        declared.setEphemeral(false);
        declared.addMetadata("owner", "billing");
        provider.naming().registerInstance(service, declared);

        assertThat(consumer.ask(service))
                .extracting(Instance::toInetAddr, Instance::isEphemeral, Instance::getMetadata)
                .containsExactly(tuple("10.1.0.1:9090", false, Map.of("owner", "billing")));

        provider.naming().deregisterInstance(service, declared);
        assertThat(consumer.ask(service)).isEmpty();
    }

    /** The largest page is what Spring Cloud asks for; it must not overflow. */
    @Test
    void servicesOfServer_arePagedInOrderWithTheTotal() throws NacosException {
        List<String> names = IntStream.range(0, 7).mapToObj(i -> service + i).toList();
        for (String name : names) {
            provider.naming().registerInstance(name, "paged", "10.1.0.1", 8080);
        }

        ListView<String> second = consumer.naming().getServicesOfServer(2, 3, "paged");
        assertThat(second.getData()).isEqualTo(names.subList(3, 6));
        assertThat(second.getCount()).isEqualTo(7);
        assertThat(consumer.naming().getServicesOfServer(3, 3, "paged").getData())
                .isEqualTo(names.subList(6, 7));
        assertThat(consumer.naming().getServicesOfServer(4, 3, "paged")).satisfies(past -> {
            assertThat(past.getData()).isEmpty();
            assertThat(past.getCount()).isEqualTo(7);
        });
        assertThat(consumer.naming()
                        .getServicesOfServer(1, Integer.MAX_VALUE, "paged")
                        .getData())
                .isEqualTo(names);
    }

    @Test
    void serverStatus_isUp() {
        assertThat(consumer.naming().getServerStatus()).isEqualTo("UP");
    }

    /** What the server refuses, the client throws with the server's words. */
    @Test
    void refusal_reachesTheCaller() {
        Instance tooHeavy = instance("10.1.0.1", 8080);
        tooHeavy.setWeight(10_001);
        tooHeavy.setEphemeral(false);

        assertThatThrownBy(() -> provider.naming().registerInstance(service, tooHeavy))
                .isInstanceOf(NacosException.class)
                .hasMessageContaining("The weights range from 0.0 to 10000.0");
    }
}
