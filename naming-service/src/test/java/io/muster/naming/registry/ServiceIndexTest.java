package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static io.muster.naming.registry.RegistryFixture.overlayKey;
import static io.muster.naming.registry.RegistryFixture.persistentKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Health;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.Selector;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceIndexTest {

    private static final long RETENTION_MILLIS = RegistrySettings.STANDARD.emptyServiceRetentionMillis();

    private final RegistryFixture fixture = new RegistryFixture();
    private final ServiceIndex index = fixture.registry.index();

    @Test
    void find_showsBothKindsWithOverlayAndTrueHealth() {
        fixture.register(FIRST);
        fixture.register(Instance.of(SECOND, false).withHealthy(false));
        fixture.consistency.arrives(
                overlayKey(FIRST), new Overlay(Optional.of(7.0), Optional.empty(), Optional.empty()));

        ServiceView view = fixture.orders();

        assertThat(view.instances()).extracting(InstanceView::key).containsExactly(FIRST, SECOND);
        assertThat(fixture.view(FIRST).shown().weight()).isEqualTo(7);
        assertThat(fixture.view(FIRST).registered().weight()).isEqualTo(1);
        assertThat(fixture.view(FIRST).overlay()).isPresent();
        assertThat(fixture.view(SECOND).overlay()).isEmpty();
        assertThat(view.healthyCount()).isEqualTo(1);
        assertThat(view.ephemeralCount()).isEqualTo(1);
        assertThat(index.ephemeralInstanceCount()).isEqualTo(1);
        assertThat(index.persistentInstanceCount()).isEqualTo(1);
    }

    @Test
    void find_overlayLiesOnTheEphemeralInstanceOnly() {
        fixture.register(Instance.of(FIRST, false));
        fixture.consistency.arrives(
                overlayKey(FIRST), new Overlay(Optional.of(7.0), Optional.empty(), Optional.empty()));

        assertThat(fixture.view(FIRST).shown().weight()).isEqualTo(1);
    }

    /** R72: a verdict is laid over at read, and takes nothing away from what an operator set. */
    @Test
    void health_isLaidOverThePersistentInstance() {
        fixture.register(FIRST);
        fixture.register(Instance.of(FIRST, false).withWeight(3));
        Health refused = new Health(false, "refused", 7);

        fixture.consistency.arrives(healthKey(FIRST), refused);

        InstanceView ephemeral = fixture.orders().instances().get(0);
        InstanceView persistent = fixture.orders().instances().get(1);
        assertThat(persistent.healthy()).isFalse();
        assertThat(persistent.health()).contains(refused);
        assertThat(persistent.shown().weight()).isEqualTo(3);
        assertThat(ephemeral.healthy()).as("a session is judged by its beats").isTrue();
        assertThat(fixture.orders().healthyCount()).isEqualTo(1);

        await(fixture.consistency.remove(healthKey(FIRST), Removal.HOUSEKEEPING));
        assertThat(fixture.orders().healthyCount()).as("as registered").isEqualTo(2);
    }

    @Test
    void health_ofAnInstanceRegisteredAsUnhealthy_makesItHealthy() {
        fixture.register(Instance.of(FIRST, false).withHealthy(false));

        fixture.consistency.arrives(healthKey(FIRST), new Health(true, "", 7));

        assertThat(fixture.view(FIRST).healthy()).isTrue();
    }

    @Test
    void health_whereCheckingIsOff_countsForNothing() {
        fixture.register(Instance.of(FIRST, false));
        fixture.consistency.arrives(healthKey(FIRST), new Health(false, "refused", 7));

        fixture.consistency.arrives(
                Keys.cluster(ORDERS.keyGroup(), "DEFAULT"),
                new ClusterDefinition(HealthChecker.NONE, 80, true, Metadata.EMPTY));

        assertThat(fixture.view(FIRST).healthy()).isTrue();
        assertThat(fixture.view(FIRST).health()).isEmpty();
    }

    /** Verdicts are no instances: they make no service, count nowhere and hide behind no warming up. */
    @Test
    void health_isNoInstance() {
        fixture.consistency.arrives(healthKey(FIRST), new Health(false, "refused", 7));
        assertThat(index.exists(ORDERS)).isFalse();
        assertThat(index.ephemeralInstanceCount()).isZero();

        fixture.register(Instance.of(FIRST, false));
        assertThat(index.isPersistentOnly(ORDERS)).isTrue();
        assertThat(fixture.orders().instances()).hasSize(1);
        assertThat(fixture.orders().ephemeralCount()).isZero();

        await(fixture.registry.registrations().deregister(ORDERS, FIRST, false, ALICE));
        assertThat(index.find(ORDERS).orElseThrow().instances())
                .as("retained, and empty")
                .isEmpty();
        fixture.nowMillis += RETENTION_MILLIS;
        index.releaseEmpty();
        assertThat(index.exists(ORDERS)).as("whatever verdict is left").isFalse();

        fixture.consistency.expire(healthKey(FIRST));
        assertThat(index.entry(ORDERS)).as("nothing is left").isNull();
    }

    @Test
    void mark_changesHealthNotTheInstance() {
        fixture.register(FIRST);

        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);

        assertThat(fixture.view(FIRST).healthy()).isFalse();
        assertThat(fixture.view(FIRST).registered().healthy()).isTrue();
        assertThat(fixture.orders().isProtecting()).as("none is healthy").isTrue();
    }

    private static Key healthKey(InstanceKey instance) {
        return Keys.health(ORDERS.keyGroup(), instance);
    }

    @Test
    void mark_expired_isNotListed() {
        fixture.register(FIRST);

        fixture.consistency.mark(ephemeralKey(FIRST), Mark.EXPIRED);

        assertThat(fixture.orders().instances()).isEmpty();
        assertThat(index.ephemeralInstanceCount()).isZero();
    }

    @Test
    void find_buildsTheViewOncePerChange() {
        fixture.register(FIRST);

        ServiceView before = fixture.orders();
        assertThat(fixture.orders()).isSameAs(before);

        fixture.register(SECOND);
        assertThat(fixture.orders()).isNotSameAs(before);
        assertThat(fixture.orders().revision()).isGreaterThan(before.revision());
        assertThat(fixture.orders().changedAtMillis()).isGreaterThan(before.changedAtMillis());
    }

    /** Clients re-register after every hiccup; who gets the same list again must not be woken for it. */
    @Test
    void sameValueAgain_isNoChange() {
        fixture.register(FIRST);
        List<ServiceName> heard = listen();
        long revision = index.revision(ORDERS);

        fixture.register(FIRST);

        assertThat(index.revision(ORDERS)).isEqualTo(revision);
        assertThat(heard).isEmpty();
    }

    @Test
    void listener_hearsEachBatchOnce() {
        List<ServiceName> heard = listen();

        fixture.register(FIRST);
        fixture.register(SECOND);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);
        fixture.consistency.expire(ephemeralKey(SECOND));

        assertThat(heard).containsExactly(ORDERS, ORDERS, ORDERS, ORDERS);
    }

    @Test
    void clusters_areThoseDescribedAndThoseOfInstances() {
        fixture.register(new InstanceKey("10.0.0.1", 80, "blue"));
        ClusterDefinition checked = new ClusterDefinition(HealthChecker.NONE, 80, true, Metadata.EMPTY);
        fixture.consistency.arrives(Keys.cluster(ORDERS.keyGroup(), "green"), checked);

        assertThat(fixture.orders().clusters())
                .containsOnlyKeys("blue", "green")
                .containsEntry("green", checked);
        assertThat(fixture.orders().instancesIn(List.of("green"))).isEmpty();
        assertThat(fixture.orders().instancesIn(List.of("blue"))).hasSize(1);
    }

    /** X19: undeclared services are cleaned up, after a pause that keeps subscribers calm. */
    @Test
    void undeclaredService_outlivesItsLastInstanceForAWhile() {
        fixture.register(FIRST);
        fixture.consistency.expire(ephemeralKey(FIRST));

        fixture.nowMillis += RETENTION_MILLIS - 1;
        fixture.runTimers();
        assertThat(index.exists(ORDERS)).isTrue();
        assertThat(fixture.orders().instances()).isEmpty();

        fixture.nowMillis += 1;
        fixture.runTimers();
        assertThat(index.exists(ORDERS)).isFalse();
        assertThat(index.find(ORDERS)).isEmpty();
        assertThat(index.serviceCount()).isZero();
    }

    @Test
    void undeclaredService_thatFillsAgainInTime_stays() {
        fixture.register(FIRST);
        fixture.consistency.expire(ephemeralKey(FIRST));
        fixture.register(SECOND);

        fixture.nowMillis += 2 * RETENTION_MILLIS;
        fixture.runTimers();

        assertThat(fixture.orders().instances()).hasSize(1);
    }

    /** X19: declared services stay until an admin removes them, empty or not. */
    @Test
    void declaredService_staysWithoutInstances() {
        await(fixture.registry
                .services()
                .create(ORDERS, new ServiceDefinition(0.5, metadata("a", "b"), Selector.NONE), ALICE));
        fixture.register(FIRST);
        fixture.consistency.expire(ephemeralKey(FIRST));

        fixture.nowMillis += 2 * RETENTION_MILLIS;
        fixture.runTimers();

        assertThat(fixture.orders().declared()).isPresent();
        assertThat(fixture.orders().definition().protectThreshold()).isEqualTo(0.5);
    }

    /** A list cached under a revision must never be shown for another service of that name. */
    @Test
    void revision_isNotUsedAgainByALaterServiceOfTheName() {
        fixture.register(FIRST);
        long revision = index.revision(ORDERS);
        fixture.consistency.expire(ephemeralKey(FIRST));
        fixture.nowMillis += RETENTION_MILLIS;
        fixture.runTimers();
        assertThat(index.revision(ORDERS)).isZero();

        fixture.register(FIRST);

        assertThat(index.revision(ORDERS)).isGreaterThan(revision);
    }

    /** X12: the overlay outlives the instance, but makes no service by itself. */
    @Test
    void overlayAlone_isNoService() {
        fixture.register(FIRST);
        fixture.consistency.arrives(
                overlayKey(FIRST), new Overlay(Optional.of(7.0), Optional.empty(), Optional.empty()));
        fixture.consistency.expire(ephemeralKey(FIRST));
        fixture.nowMillis += RETENTION_MILLIS;
        fixture.runTimers();
        assertThat(index.exists(ORDERS)).isFalse();

        fixture.register(FIRST);

        assertThat(fixture.view(FIRST).shown().weight()).isEqualTo(7);
        assertThat(index.names("public")).containsExactly(ORDERS);
    }

    @Test
    void names_areSortedByNamespaceAndGroup() {
        for (String name : List.of("b@@x", "a@@y", "a@@x", "z")) {
            await(fixture.registry
                    .registrations()
                    .register(ServiceName.of("dev", "", name), Instance.ephemeral(FIRST), ALICE));
        }
        fixture.register(FIRST);

        assertThat(index.names("dev"))
                .extracting(ServiceName::grouped)
                .containsExactly("DEFAULT_GROUP@@z", "a@@x", "a@@y", "b@@x");
        assertThat(index.names("dev", "a")).extracting(ServiceName::name).containsExactly("x", "y");
        assertThat(index.names("de")).isEmpty();
        assertThat(index.namesByNamespace()).containsOnlyKeys("dev", "public");
        assertThat(index.serviceCount()).isEqualTo(5);
    }

    @Test
    void isPersistentOnly_meansThatNothingCanBeMissing() {
        assertThat(index.isPersistentOnly(ORDERS)).isFalse();
        fixture.consistency.arrives(persistentKey(FIRST), Instance.of(FIRST, false));
        assertThat(index.isPersistentOnly(ORDERS)).isTrue();
        fixture.register(SECOND);
        assertThat(index.isPersistentOnly(ORDERS)).isFalse();
    }

    @Test
    void lateListener_isToldWhatStands() {
        fixture.register(FIRST);
        ServiceIndex late = new ServiceIndex(RegistrySettings.STANDARD, () -> fixture.nowMillis);

        fixture.consistency.listen(Interest.all(Mode.EPHEMERAL), late.changeListener());

        assertThat(late.find(ORDERS).orElseThrow().instances()).hasSize(1);
    }

    private List<ServiceName> listen() {
        List<ServiceName> heard = new ArrayList<>();
        index.addListener(heard::add);
        return heard;
    }
}
