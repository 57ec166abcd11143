package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.muster.naming.model.Instance;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.model.ServiceName;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** nacos-v1-http.md §7.3. */
class NamespacesTest {

    private static final NamespaceDefinition DEV = new NamespaceDefinition("dev", "Development", "", Metadata.EMPTY);

    private final RegistryFixture fixture = new RegistryFixture();
    private final Namespaces namespaces = fixture.registry.namespaces();

    @Test
    void public_isAlwaysThereAndFirst() {
        await(namespaces.create(new NamespaceDefinition("a", "A", "", Metadata.EMPTY), ALICE));
        await(namespaces.create(DEV, ALICE));

        assertThat(namespaces.list()).extracting(NamespaceDefinition::id).containsExactly("public", "a", "dev");
        assertThat(namespaces.find("public")).contains(NamespaceDefinition.PUBLIC);
        assertThat(namespaces.find("dev")).contains(DEV);
        assertThat(namespaces.find("nope")).isEmpty();
    }

    @Test
    void create_twice_isRefused() {
        await(namespaces.create(DEV, ALICE));

        assertThatExceptionOfType(RegistryException.AlreadyExists.class)
                .isThrownBy(() -> await(namespaces.create(DEV, ALICE)));
        assertThatExceptionOfType(RegistryException.AlreadyExists.class)
                .isThrownBy(() -> await(namespaces.create(NamespaceDefinition.PUBLIC, ALICE)));
    }

    @Test
    void update_keepsLeaseDefaultsWhereNoneAreGiven() {
        await(namespaces.create(new NamespaceDefinition("dev", "D", "", metadata("a", "b")), ALICE));

        await(namespaces.update("dev", "Other", "text", Optional.empty(), ALICE));

        assertThat(namespaces.find("dev"))
                .contains(new NamespaceDefinition("dev", "Other", "text", metadata("a", "b")));
        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> await(namespaces.update("nope", "n", "", Optional.empty(), ALICE)));
    }

    /** Nacos deletes it under the services' feet. */
    @Test
    void delete_withServices_isRefused() {
        await(namespaces.create(DEV, ALICE));
        ServiceName service = ServiceName.of("dev", "", "orders");
        await(fixture.registry.registrations().register(service, Instance.ephemeral(FIRST), ALICE));

        assertThatExceptionOfType(RegistryException.StillInUse.class)
                .isThrownBy(() -> await(namespaces.delete("dev", ALICE)));

        await(fixture.registry.registrations().deregister(service, FIRST, true, ALICE));
        await(fixture.registry.services().delete(service, ALICE));
        await(namespaces.delete("dev", ALICE));
        assertThat(namespaces.find("dev")).isEmpty();
        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> await(namespaces.delete("public", ALICE)));
    }
}
