package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static io.muster.naming.registry.RegistryFixture.overlayKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.consistency.Mode;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.Selector;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** nacos-v1-http.md §4.1, §4.2; X19. */
class ServicesTest {

    private static final ServiceDefinition HALF = new ServiceDefinition(0.5, metadata("a", "b"), Selector.NONE);
    private static final ClusterDefinition UNCHECKED =
            new ClusterDefinition(HealthChecker.NONE, 80, true, Metadata.EMPTY);

    private final RegistryFixture fixture = new RegistryFixture();
    private final Services services = fixture.registry.services();

    @Test
    void create_declaresAServiceWithoutInstances() {
        await(services.create(ORDERS, HALF, ALICE));

        assertThat(services.find(ORDERS).orElseThrow().declared()).contains(HALF);
        assertThat(fixture.registry.index().names("public")).containsExactly(ORDERS);
    }

    @Test
    void create_ofWhatExists_isRefused() {
        await(services.create(ORDERS, HALF, ALICE));
        assertThatExceptionOfType(RegistryException.AlreadyExists.class)
                .isThrownBy(() -> await(services.create(ORDERS, ServiceDefinition.DEFAULT, ALICE)))
                .withMessage("specified service already exists, serviceName : DEFAULT_GROUP@@orders");
        assertThat(fixture.orders().declared()).contains(HALF);
    }

    @Test
    void create_ofServiceInUse_isRefused_updateDeclaresIt() {
        fixture.register(FIRST);
        assertThatExceptionOfType(RegistryException.AlreadyExists.class)
                .isThrownBy(() -> await(services.create(ORDERS, HALF, ALICE)));

        await(services.update(ORDERS, HALF, ALICE));

        assertThat(fixture.orders().declared()).contains(HALF);
    }

    /** Two admins at two nodes: one of them is told. */
    @Test
    void create_race_isWonByOne() {
        fixture.consistency.beforeNextApply(() -> fixture.consistency.arrives(Keys.service(ORDERS.keyGroup()), HALF));

        assertThatExceptionOfType(RegistryException.AlreadyExists.class)
                .isThrownBy(() -> await(services.create(ORDERS, ServiceDefinition.DEFAULT, ALICE)));
        assertThat(fixture.orders().declared()).contains(HALF);
    }

    @Test
    void create_illegalName_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> services.create(ServiceName.of("", "", "a b"), HALF, ALICE));
    }

    @Test
    void update_replacesTheDefinition() {
        await(services.create(ORDERS, HALF, ALICE));

        await(services.update(ORDERS, ServiceDefinition.DEFAULT, ALICE));

        assertThat(fixture.orders().declared()).contains(ServiceDefinition.DEFAULT);
    }

    @Test
    void update_unknownService_isNotFound() {
        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> await(services.update(ORDERS, HALF, ALICE)))
                .withMessage("service DEFAULT_GROUP@@orders not found!");
    }

    @Test
    void delete_whileInstancesAreThere_isRefused() {
        await(services.create(ORDERS, HALF, ALICE));
        fixture.register(FIRST);

        assertThatExceptionOfType(RegistryException.StillInUse.class)
                .isThrownBy(() -> await(services.delete(ORDERS, ALICE)))
                .withMessageContaining("1 instances");
        assertThat(fixture.orders().declared()).isPresent();
    }

    @Test
    void delete_takesClustersAndOverlaysAlong() {
        await(services.create(ORDERS, HALF, ALICE));
        await(services.putCluster(ORDERS, "blue", UNCHECKED, ALICE));
        fixture.register(FIRST);
        await(fixture.registry
                .edits()
                .patch(
                        ORDERS,
                        FIRST,
                        new InstancePatch(
                                Optional.of(5.0),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        ALICE));
        assertThat(fixture.consistency.get(overlayKey(FIRST))).isPresent();
        fixture.consistency.expire(ephemeralKey(FIRST));

        await(services.delete(ORDERS, ALICE));

        assertThat(services.find(ORDERS)).isEmpty();
        assertThat(fixture.consistency.group(Mode.PERSISTENT, ORDERS.keyGroup()))
                .isEmpty();
    }

    @Test
    void delete_undeclaredServiceThatIsEmptyByNow_forgetsIt() {
        fixture.register(FIRST);
        fixture.consistency.expire(ephemeralKey(FIRST));
        assertThat(services.find(ORDERS)).isPresent();

        await(services.delete(ORDERS, ALICE));

        assertThat(services.find(ORDERS)).isEmpty();
    }

    @Test
    void delete_unknownService_isNotFound() {
        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> await(services.delete(ORDERS, ALICE)))
                .withMessage("specified service not exist, serviceName : DEFAULT_GROUP@@orders");
    }

    /**
     * An admin who describes a cluster means the service to be there: it must not be cleaned up (docs/decisions/0030).
     */
    @Test
    void putCluster_declaresTheService() {
        fixture.register(FIRST);

        await(services.putCluster(ORDERS, "blue", UNCHECKED, ALICE));

        assertThat(fixture.orders().declared()).contains(ServiceDefinition.DEFAULT);
        assertThat(fixture.orders().clusters()).containsEntry("blue", UNCHECKED).containsKey("DEFAULT");
    }

    @Test
    void putCluster_unknownServiceOrBadName_isRefused() {
        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> await(services.putCluster(ORDERS, "blue", UNCHECKED, ALICE)))
                .withMessage("service not found:DEFAULT_GROUP@@orders");
        assertThatIllegalArgumentException().isThrownBy(() -> services.putCluster(ORDERS, "a_b", UNCHECKED, ALICE));
    }

    /** docs/decisions/0030: holding a persistent instance is no declaration. */
    @Test
    void persistentRegistration_doesNotDeclare() {
        fixture.register(Instance.of(FIRST, false));

        assertThat(fixture.orders().declared()).isEmpty();
        assertThat(fixture.orders().definition()).isEqualTo(ServiceDefinition.DEFAULT);
    }
}
