package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static io.muster.naming.registry.RegistryFixture.persistentKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceIds;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.Selector;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** nacos-v1-http.md §3.1 and §3.3. */
class RegistrationsTest {

    private static final Metadata SNOWFLAKE = metadata(InstanceIds.GENERATOR_KEY, "snowflake");

    private final RegistryFixture fixture = new RegistryFixture();
    private final Registrations registrations = fixture.registry.registrations();

    // --- register

    /** R71: who reads here afterwards reads it. */
    @Test
    void register_isReadableWhenAcknowledged() {
        fixture.register(Instance.ephemeral(FIRST).withWeight(2).withMetadata(metadata("a", "b")));

        assertThat(fixture.view(FIRST).shown().weight()).isEqualTo(2);
        assertThat(fixture.view(FIRST).healthy()).isTrue();
        assertThat(fixture.view(FIRST).instanceId()).isEqualTo("10.0.0.1#8080#DEFAULT#DEFAULT_GROUP@@orders");
    }

    @Test
    void register_again_replacesWhatTheClientSays() {
        fixture.register(Instance.ephemeral(FIRST).withWeight(2).withMetadata(metadata("a", "b")));

        fixture.register(Instance.ephemeral(FIRST).withEnabled(false));

        assertThat(fixture.view(FIRST).shown())
                .isEqualTo(Instance.ephemeral(FIRST).withEnabled(false));
    }

    /** A POST from the provider counts as a beat: one that restarts is not sick until its first beat. */
    @Test
    void register_again_isABeat() {
        fixture.register(Instance.ephemeral(FIRST).withHealthy(false));
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);

        fixture.register(FIRST);

        assertThat(fixture.view(FIRST).healthy()).isTrue();
    }

    @Test
    void register_persistentAgain_keepsItsHealth() {
        fixture.register(Instance.of(FIRST, false).withHealthy(false));

        fixture.register(Instance.of(FIRST, false).withHealthy(true));

        assertThat(fixture.view(FIRST).healthy()).isFalse();
    }

    @Test
    void register_sameAddressInTwoClusters_isTwoInstances() {
        fixture.register(FIRST);
        fixture.register(new InstanceKey("10.0.0.1", 8080, "blue"));

        assertThat(fixture.orders().instances()).hasSize(2);
    }

    /** v1 clients may have both kinds under one service; a key never changes engine. */
    @Test
    void register_sameAddressAsBothKinds_isListedAsBoth() {
        fixture.register(Instance.of(FIRST, false));
        fixture.register(FIRST);

        assertThat(fixture.orders().instances())
                .extracting(InstanceView::ephemeral)
                .containsExactly(true, false);
    }

    @Test
    void register_illegalName_isRefused() {
        ServiceName service = ServiceName.of("", "", "no/such");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> registrations.register(service, Instance.ephemeral(FIRST), ALICE));
    }

    @Test
    void register_unreadableTimeout_isRefused() {
        Instance instance =
                Instance.ephemeral(FIRST).withMetadata(metadata(HeartbeatSettings.REMOVE_KEY, "99999999999999999999"));
        assertThatIllegalArgumentException().isThrownBy(() -> registrations.register(ORDERS, instance, ALICE));
    }

    /** X10: persistent registration fails with the reason, and nothing else does. */
    @Test
    void register_withoutLeader_failsForPersistentOnly() {
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));

        fixture.register(FIRST);
        assertThatExceptionOfType(ConsistencyException.NoLeader.class)
                .isThrownBy(() -> fixture.register(Instance.of(SECOND, false)));
        assertThat(fixture.orders().instances()).hasSize(1);
    }

    // --- leases (R45, X18)

    @Test
    void lease_isTheInstancesOwn() {
        fixture.register(Instance.ephemeral(FIRST)
                .withMetadata(Metadata.of(
                        Map.of(HeartbeatSettings.UNHEALTHY_KEY, "3000", HeartbeatSettings.REMOVE_KEY, "6000"))));
        fixture.register(SECOND);

        assertThat(fixture.consistency.lease(ephemeralKey(FIRST))).isEqualTo(new Lease(3_000, 6_000));
        assertThat(fixture.consistency.lease(ephemeralKey(SECOND))).isEqualTo(new Lease(15_000, 30_000));
    }

    @Test
    void lease_defaultsOfServiceAndNamespace() {
        await(fixture.registry
                .services()
                .create(
                        ORDERS,
                        new ServiceDefinition(0, metadata(HeartbeatSettings.UNHEALTHY_KEY, "4000"), Selector.NONE),
                        ALICE));
        await(fixture.registry
                .namespaces()
                .update("public", "public", "", Optional.of(metadata(HeartbeatSettings.REMOVE_KEY, "9000")), ALICE));

        fixture.register(FIRST);

        assertThat(fixture.consistency.lease(ephemeralKey(FIRST))).isEqualTo(new Lease(4_000, 9_000));
    }

    /** X12: an operator's word on the timeouts outlives the client's re-registration. */
    @Test
    void lease_followsTheOverlay() {
        fixture.consistency.arrives(
                RegistryFixture.overlayKey(FIRST),
                Overlay.ofMetadata(MetadataEdit.put(metadata(HeartbeatSettings.REMOVE_KEY, "60000"))));

        fixture.register(FIRST);

        assertThat(fixture.consistency.lease(ephemeralKey(FIRST))).isEqualTo(new Lease(15_000, 60_000));
    }

    // --- instance ids

    @Test
    void snowflake_drawsTheSmallestFreeNumberAndKeepsIt() {
        for (int i = 0; i < 3; i++) {
            fixture.register(Instance.ephemeral(new InstanceKey("10.0.0." + i, 80, "DEFAULT"))
                    .withMetadata(SNOWFLAKE));
        }
        InstanceKey middle = new InstanceKey("10.0.0.1", 80, "DEFAULT");
        assertThat(fixture.view(middle).instanceId()).isEqualTo("1");

        fixture.register(Instance.ephemeral(middle).withMetadata(SNOWFLAKE).withWeight(3));
        assertThat(fixture.view(middle).instanceId()).isEqualTo("1");

        fixture.consistency.expire(ephemeralKey(middle));
        fixture.register(Instance.ephemeral(SECOND).withMetadata(SNOWFLAKE));
        assertThat(fixture.view(SECOND).instanceId()).isEqualTo("1");
    }

    @Test
    void snowflake_registrationsAtOnce_getDifferentNumbers() {
        fixture.consistency.hold();
        List<CompletionStage<Void>> stages = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            stages.add(registrations.register(
                    ORDERS,
                    Instance.ephemeral(new InstanceKey("10.0.0." + i, 80, "DEFAULT"))
                            .withMetadata(SNOWFLAKE),
                    ALICE));
        }
        fixture.consistency.release();

        stages.forEach(RegistryFixture::await);
        assertThat(fixture.orders().instances())
                .extracting(InstanceView::instanceId)
                .containsExactlyInAnyOrder("0", "1", "2", "3", "4");
    }

    @Test
    void snowflake_refusedRegistration_givesItsNumberBack() {
        fixture.consistency.failWrites(Mode.EPHEMERAL, new ConsistencyException.Overloaded("full"));
        assertThatExceptionOfType(ConsistencyException.Overloaded.class)
                .isThrownBy(() -> fixture.register(Instance.ephemeral(FIRST).withMetadata(SNOWFLAKE)));
        fixture.consistency.heal(Mode.EPHEMERAL);

        fixture.register(Instance.ephemeral(FIRST).withMetadata(SNOWFLAKE));

        assertThat(fixture.view(FIRST).instanceId()).isEqualTo("0");
    }

    // --- deregister

    @Test
    void deregister_removesTheKindMeantAndNothingElse() {
        fixture.register(FIRST);
        fixture.register(Instance.of(FIRST, false));

        await(registrations.deregister(ORDERS, FIRST, false, ALICE));

        assertThat(fixture.orders().instances())
                .extracting(InstanceView::ephemeral)
                .containsExactly(true);
    }

    @Test
    void deregister_ofWhatIsNotThere_succeeds() {
        await(registrations.deregister(ORDERS, FIRST, true, ALICE));

        assertThat(fixture.registry.index().exists(ORDERS)).isFalse();
    }

    // --- beat (R44)

    @Test
    void lightBeat_ofKnownInstance_renewsIt() {
        fixture.register(FIRST);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);

        assertThat(lightBeat(FIRST)).isEqualTo(new BeatAnswer(true, 5_000, true));
        assertThat(fixture.view(FIRST).healthy()).isTrue();
    }

    @Test
    void lightBeat_ofUnknownInstance_asksForRegistration() {
        assertThat(lightBeat(FIRST).known()).isFalse();
        assertThat(fixture.registry.index().exists(ORDERS)).isFalse();
    }

    @Test
    void fullBeat_ofUnknownInstance_registersIt() {
        Instance described = Instance.ephemeral(FIRST).withWeight(3).withMetadata(metadata("a", "b"));

        assertThat(fullBeat(described).known()).isTrue();
        assertThat(fixture.view(FIRST).registered()).isEqualTo(described);
    }

    /**
     * Weight and metadata of a beat are not applied to a known instance: an operator's edit would be lost every five
     * seconds.
     */
    @Test
    void fullBeat_ofKnownInstance_changesNothing() {
        fixture.register(Instance.ephemeral(FIRST).withWeight(3));

        assertThat(fullBeat(Instance.ephemeral(FIRST).withWeight(9)).known()).isTrue();
        assertThat(fixture.view(FIRST).registered().weight()).isEqualTo(3);
    }

    /** R44: it was in flight. A POST always registers. */
    @Test
    void beat_justAfterDeregistration_isAnsweredAndRegistersNothing() {
        fixture.register(FIRST);
        await(registrations.deregister(ORDERS, FIRST, true, ALICE));

        assertThat(lightBeat(FIRST).known()).isTrue();
        assertThat(fullBeat(Instance.ephemeral(FIRST)).known()).isTrue();
        assertThat(fixture.orders().instances()).isEmpty();

        fixture.register(FIRST);
        assertThat(fixture.orders().instances()).hasSize(1);
    }

    /** A registration that comes between says more than the beat does. */
    @Test
    void fullBeat_overtakenByARegistration_changesNothing() {
        fixture.consistency.beforeNextApply(() -> fixture.consistency.arrives(
                ephemeralKey(FIRST), Instance.ephemeral(FIRST).withWeight(7)));

        assertThat(fullBeat(Instance.ephemeral(FIRST)).known()).isTrue();
        assertThat(fixture.view(FIRST).registered().weight()).isEqualTo(7);
    }

    @Test
    void fullBeat_thatCannotBeStored_fails() {
        fixture.consistency.failWrites(Mode.EPHEMERAL, new ConsistencyException.NotReady("loading"));

        assertThatExceptionOfType(ConsistencyException.NotReady.class)
                .isThrownBy(() -> fullBeat(Instance.ephemeral(FIRST)));
    }

    /** As in Nacos: a beat makes healthy what was registered or set as unhealthy. */
    @Test
    void beat_ofInstanceRegisteredUnhealthy_makesItHealthy() {
        fixture.register(Instance.ephemeral(FIRST).withHealthy(false));
        assertThat(fixture.view(FIRST).healthy()).isFalse();

        lightBeat(FIRST);

        assertThat(fixture.view(FIRST).healthy()).isTrue();
    }

    @Test
    void beat_ofPersistentInstance_succeedsAndDoesNothing() {
        fixture.register(Instance.of(FIRST, false).withHealthy(false));
        int before = fixture.consistency.appliedCount();

        assertThat(lightBeat(FIRST).known()).isTrue();
        assertThat(fullBeat(Instance.ephemeral(FIRST)).known()).isTrue();
        assertThat(fixture.consistency.appliedCount()).isEqualTo(before);
    }

    @Test
    void beat_tellsTheIntervalOfInstanceServiceOrSwitch() {
        fixture.register(Instance.ephemeral(FIRST).withMetadata(metadata(HeartbeatSettings.INTERVAL_KEY, "2000")));
        fixture.register(SECOND);
        await(fixture.registry.switches().set("clientBeatInterval", "7000", false, ALICE));

        assertThat(lightBeat(FIRST).intervalMillis()).isEqualTo(2_000);
        assertThat(lightBeat(SECOND).intervalMillis()).isEqualTo(7_000);

        await(fixture.registry
                .services()
                .update(
                        ORDERS,
                        new ServiceDefinition(0, metadata(HeartbeatSettings.INTERVAL_KEY, "3000"), Selector.NONE),
                        ALICE));
        assertThat(lightBeat(SECOND).intervalMillis()).isEqualTo(3_000);
    }

    /** X12: POST and beats never write overlays. */
    @Test
    void registerAndBeat_writeNothingPersistent() {
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("must not be asked"));

        fixture.register(Instance.ephemeral(FIRST).withWeight(5));
        fixture.register(Instance.ephemeral(FIRST).withWeight(6));
        lightBeat(FIRST);
        fullBeat(Instance.ephemeral(SECOND));

        assertThat(fixture.orders().instances()).hasSize(2);
        assertThat(fixture.consistency.get(persistentKey(FIRST))).isEmpty();
    }

    /** X18: namespaces of their own have defaults of their own. */
    @Test
    void lease_ofAnotherNamespace() {
        await(fixture.registry
                .namespaces()
                .create(
                        new NamespaceDefinition("dev", "dev", "", metadata(HeartbeatSettings.REMOVE_KEY, "5000")),
                        ALICE));
        ServiceName service = ServiceName.of("dev", "", "orders");

        await(registrations.register(service, Instance.ephemeral(FIRST), ALICE));

        assertThat(fixture.consistency
                        .lease(Keys.instance(service.keyGroup(), FIRST, true))
                        .removeAfterMillis())
                .isEqualTo(5_000);
    }

    private BeatAnswer lightBeat(InstanceKey instance) {
        return await(registrations.beat(ORDERS, instance, Optional.empty(), ALICE));
    }

    private BeatAnswer fullBeat(Instance described) {
        return await(registrations.beat(ORDERS, described.key(), Optional.of(described), ALICE));
    }
}
