package io.muster.compatibility;

import static io.muster.compatibility.NacosClient.addresses;
import static io.muster.compatibility.NacosClient.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.NamingMaintainService;
import com.alibaba.nacos.api.naming.pojo.Instance;
import com.alibaba.nacos.api.naming.pojo.Service;
import com.alibaba.nacos.api.selector.NoneSelector;
import io.muster.testkit.ServerProcess;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** R72: what an operator's program does with the client's maintain API. */
@ExtendWith(SharedServer.class)
@TestInstance(Lifecycle.PER_CLASS)
class MaintainClientIT {

    private static final String GROUP = "maintained";

    private String service;
    private NamingMaintainService maintain;
    private NacosClient client;

    /** Once for all tests, which keep to services of their own: a Nacos client takes seconds to close. */
    @BeforeAll
    void connect(ServerProcess server) throws NacosException {
        maintain = NacosClient.maintain(NacosClient.address(server));
        client = NacosClient.of(server);
    }

    @BeforeEach
    void name(TestInfo test) {
        service = test.getTestMethod().orElseThrow().getName();
    }

    @AfterAll
    void disconnect() throws NacosException {
        maintain.shutDown();
        client.close();
    }

    @Test
    void createdService_isAnsweredAsCreated() throws NacosException {
        Service declared = new Service(service);
        declared.setGroupName(GROUP);
        declared.setProtectThreshold(0.5f);
        declared.setMetadata(Map.of("owner", "billing"));
        maintain.createService(declared, new NoneSelector());

        Service read = maintain.queryService(service, GROUP);

        assertThat(read.getName()).isEqualTo(service);
        assertThat(read.getGroupName()).isEqualTo(GROUP);
        assertThat(read.getProtectThreshold()).isEqualTo(0.5f);
        assertThat(read.getMetadata()).isEqualTo(Map.of("owner", "billing"));
        assertThat(client.naming()
                        .getServicesOfServer(1, Integer.MAX_VALUE, GROUP)
                        .getData())
                .as("a declared service is listed without instances (X19)")
                .contains(service);
    }

    @Test
    void createdTwice_isRefused() throws NacosException {
        maintain.createService(service);

        assertThatThrownBy(() -> maintain.createService(service))
                .isInstanceOf(NacosException.class)
                .hasMessageContaining("already exists");
    }

    @Test
    void updatedService_isAnsweredAsUpdated() throws NacosException {
        maintain.createService(service, GROUP, 0.2f);

        maintain.updateService(service, GROUP, 0.8f, Map.of("tier", "gold"));

        assertThat(maintain.queryService(service, GROUP))
                .extracting(Service::getProtectThreshold, Service::getMetadata)
                .containsExactly(0.8f, Map.of("tier", "gold"));
    }

    @Test
    void deletedService_isGone() throws NacosException {
        maintain.createService(service);

        assertThat(maintain.deleteService(service)).isTrue();

        assertThatThrownBy(() -> maintain.queryService(service)).isInstanceOf(NacosException.class);
    }

    @Test
    void serviceWithInstances_isNotDeleted() throws NacosException {
        client.naming().registerInstance(service, "10.5.0.1", 8080);

        assertThatThrownBy(() -> maintain.deleteService(service)).isInstanceOf(NacosException.class);

        assertThat(addresses(client.ask(service))).containsExactly("10.5.0.1:8080");
    }

    /** X12: the operator's word stands although the client goes on beating and registers anew. */
    @Test
    void updatedInstance_keepsTheOperatorsWord() throws NacosException {
        client.naming().registerInstance(service, "10.5.0.1", 8080);
        client.naming().registerInstance(service, "10.5.0.2", 8080);
        Instance heavier = instance("10.5.0.1", 8080);
        heavier.setWeight(9);
        heavier.setMetadata(Map.of("canary", "yes"));
        maintain.updateInstance(service, heavier);
        Instance disabled = instance("10.5.0.2", 8080);
        disabled.setEnabled(false);
        maintain.updateInstance(service, disabled);

        client.naming().registerInstance(service, "10.5.0.1", 8080);
        client.naming().registerInstance(service, "10.5.0.2", 8080);

        assertThat(client.ask(service))
                .extracting(Instance::toInetAddr, Instance::getWeight, Instance::getMetadata)
                .containsExactly(tuple("10.5.0.1:8080", 9.0, Map.of("canary", "yes")));
    }

    @Test
    void updateOfAnUnknownInstance_isRefused() throws NacosException {
        client.naming().registerInstance(service, "10.5.0.1", 8080);

        assertThatThrownBy(() -> maintain.updateInstance(service, instance("10.5.0.9", 8080)))
                .isInstanceOf(NacosException.class)
                .hasMessageContaining("instance not exist");
    }
}
