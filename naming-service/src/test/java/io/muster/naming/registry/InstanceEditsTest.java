package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static io.muster.naming.registry.RegistryFixture.overlayKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** PUT, PATCH and batch metadata, and the overlays that they leave (X12). */
class InstanceEditsTest {

    private static final InstancePatch WEIGHT_5 = weight(5);
    private static final InstancePatch DISABLE = new InstancePatch(
            Optional.empty(), Optional.of(false), Optional.empty(), Optional.empty(), Optional.empty());

    private final RegistryFixture fixture = new RegistryFixture();
    private final InstanceEdits edits = fixture.registry.edits();

    private static InstancePatch weight(double weight) {
        return new InstancePatch(
                Optional.of(weight), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static InstancePatch healthy(boolean healthy) {
        return new InstancePatch(
                Optional.empty(), Optional.empty(), Optional.of(healthy), Optional.empty(), Optional.empty());
    }

    private Overlay overlay() {
        return (Overlay) fixture.consistency.value(overlayKey(FIRST));
    }

    private OverlayOutcome patch(InstancePatch patch) {
        return await(edits.patch(ORDERS, FIRST, patch, ALICE));
    }

    // --- PATCH

    @Test
    void patch_changesTheRecordAndWritesAnOverlayOfExactlyTheFieldsSent() {
        fixture.register(Instance.ephemeral(FIRST).withMetadata(metadata("a", "b")));

        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.WRITTEN);

        assertThat(fixture.view(FIRST).registered())
                .isEqualTo(Instance.ephemeral(FIRST)
                        .withMetadata(metadata("a", "b"))
                        .withWeight(5));
        assertThat(overlay()).isEqualTo(new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty()));
    }

    /** X12: the operator's word survives the client's reconnect. */
    @Test
    void patch_survivesReRegistration_andYieldsInAllElse() {
        fixture.register(FIRST);
        patch(DISABLE);

        fixture.register(Instance.ephemeral(FIRST).withWeight(8).withMetadata(metadata("new", "1")));

        assertThat(fixture.view(FIRST).shown())
                .isEqualTo(Instance.ephemeral(FIRST)
                        .withWeight(8)
                        .withMetadata(metadata("new", "1"))
                        .withEnabled(false));
    }

    @Test
    void patch_survivesTheInstancesAbsence() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        fixture.consistency.expire(ephemeralKey(FIRST));

        fixture.register(FIRST);

        assertThat(fixture.view(FIRST).shown().weight()).isEqualTo(5);
    }

    @Test
    void patch_twice_mergesTheOverlayFieldByField() {
        fixture.register(FIRST);

        patch(WEIGHT_5);
        patch(DISABLE);

        assertThat(overlay()).isEqualTo(new Overlay(Optional.of(5.0), Optional.of(false), Optional.empty()));
    }

    /** Two operators at two nodes: neither loses a field. */
    @Test
    void patch_overlayRace_isMergedOnTheNextAttempt() {
        fixture.register(FIRST);
        fixture.consistency.beforeNextApply(() -> {});
        fixture.consistency.beforeNextApply(() -> fixture.consistency.arrives(
                overlayKey(FIRST), new Overlay(Optional.empty(), Optional.of(false), Optional.empty())));

        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.WRITTEN);

        assertThat(overlay()).isEqualTo(new Overlay(Optional.of(5.0), Optional.of(false), Optional.empty()));
        assertThat(fixture.consistency.barrierCount())
                .as("read anew before the second attempt")
                .isEqualTo(1);
    }

    /** A client that registers at the same moment: both changes count. */
    @Test
    void patch_recordRace_isRepeatedOnTheNewRecord() {
        fixture.register(FIRST);
        fixture.consistency.beforeNextApply(() -> fixture.consistency.arrives(
                ephemeralKey(FIRST), Instance.ephemeral(FIRST).withMetadata(metadata("new", "1"))));

        CompletionStage<OverlayOutcome> patched = edits.patch(ORDERS, FIRST, WEIGHT_5, ALICE);
        fixture.runTimers();

        assertThat(await(patched)).isEqualTo(OverlayOutcome.WRITTEN);
        assertThat(fixture.view(FIRST).registered())
                .isEqualTo(Instance.ephemeral(FIRST)
                        .withMetadata(metadata("new", "1"))
                        .withWeight(5));
    }

    @Test
    void patch_endlessRace_isGivenUp() {
        fixture.register(FIRST);
        CompletionStage<OverlayOutcome> patched = null;
        for (int i = 0; i < ConditionalWrites.ATTEMPTS_MAX; i++) {
            double weight = 10 + i;
            fixture.consistency.beforeNextApply(() -> fixture.consistency.arrives(
                    ephemeralKey(FIRST), Instance.ephemeral(FIRST).withWeight(weight)));
            if (patched == null) {
                patched = edits.patch(ORDERS, FIRST, WEIGHT_5, ALICE);
            } else {
                fixture.runTimers();
            }
        }
        CompletionStage<OverlayOutcome> givenUp = patched;

        assertThatExceptionOfType(ConsistencyException.Conflict.class).isThrownBy(() -> await(givenUp));
    }

    /** Design §7: without a leader the operation succeeds all the same, and says that the overlay is pending. */
    @Test
    void patch_withoutLeader_succeedsAndSaysPending() {
        fixture.register(FIRST);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));

        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.PENDING);

        assertThat(fixture.view(FIRST).shown().weight()).isEqualTo(5);
        assertThat(fixture.view(FIRST).overlay()).isEmpty();
    }

    @Test
    void patch_unknownInstance_isNotFound() {
        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> patch(WEIGHT_5))
                .withMessage("instance not found");
    }

    @Test
    void patch_persistentInstance_needsNoOverlay() {
        fixture.register(Instance.of(FIRST, false));

        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.NOT_NEEDED);
        assertThat(fixture.view(FIRST).registered().weight()).isEqualTo(5);
    }

    @Test
    void patch_health_isNoOverlay_andLastsUntilTheNextBeat() {
        fixture.register(FIRST);

        assertThat(patch(healthy(false))).isEqualTo(OverlayOutcome.NOT_NEEDED);
        assertThat(fixture.view(FIRST).healthy()).isFalse();

        await(fixture.registry.registrations().beat(ORDERS, FIRST, Optional.empty(), ALICE));
        assertThat(fixture.view(FIRST).healthy()).isTrue();
    }

    /** An operator's edit of a silent instance must not make it look alive. */
    @Test
    void patch_unhealthyInstance_staysUnhealthyUntilItBeats() {
        fixture.register(FIRST);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);

        patch(WEIGHT_5);
        assertThat(fixture.view(FIRST).healthy()).isFalse();

        await(fixture.registry.registrations().beat(ORDERS, FIRST, Optional.empty(), ALICE));
        assertThat(fixture.view(FIRST).healthy()).isTrue();
    }

    // --- PUT

    private OverlayOutcome update(InstancePatch given, boolean mustExist) {
        return await(edits.update(ORDERS, FIRST, true, given, mustExist, ALICE));
    }

    @Test
    void update_replacesTheRecord_butOnlyFieldsSentBecomeOverlay() {
        fixture.register(Instance.ephemeral(FIRST).withWeight(3).withMetadata(metadata("a", "b")));

        assertThat(update(DISABLE, true)).isEqualTo(OverlayOutcome.WRITTEN);

        assertThat(fixture.view(FIRST).registered())
                .isEqualTo(Instance.ephemeral(FIRST).withEnabled(false));
        assertThat(overlay()).isEqualTo(new Overlay(Optional.empty(), Optional.of(false), Optional.empty()));
    }

    @Test
    void update_keepsHealthAndNumber() {
        fixture.register(Instance.of(FIRST, false).withHealthy(false).withMetadata(metadata("a", "b")));

        await(edits.update(ORDERS, FIRST, false, healthy(true), true, ALICE));

        assertThat(fixture.view(FIRST).healthy()).isFalse();
        assertThat(fixture.view(FIRST).registered().metadata()).isEqualTo(Metadata.EMPTY);
    }

    @Test
    void update_unknownInstance_isRegisteredForClientsThatExpectIt() {
        assertThat(update(WEIGHT_5, false)).isEqualTo(OverlayOutcome.NOT_NEEDED);

        assertThat(fixture.view(FIRST).registered().weight()).isEqualTo(5);
        assertThat(fixture.consistency.get(overlayKey(FIRST))).isEmpty();
    }

    @Test
    void update_thatMustFind_saysWhatIsMissing() {
        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> update(WEIGHT_5, true))
                .withMessage("service not found, namespace: public, service: DEFAULT_GROUP@@orders");

        fixture.register(SECOND);

        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> update(WEIGHT_5, true))
                .withMessage("instance not exist: 10.0.0.1:8080:unknown:DEFAULT_5.0_true_false_DEFAULT");
    }

    // --- taking it back

    @Test
    void removeOverlay_showsWhatTheClientRegistersNext() {
        fixture.register(FIRST);
        patch(WEIGHT_5);

        await(edits.removeOverlay(ORDERS, FIRST, ALICE));
        fixture.register(FIRST);

        assertThat(fixture.view(FIRST).shown().weight()).isEqualTo(1);
        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> await(edits.removeOverlay(ORDERS, FIRST, ALICE)));
    }

    // --- batch metadata (nacos-v1-http.md §3.4)

    private MetadataBatch.Result edit(List<MetadataBatch.Target> targets, MetadataEdit edit) {
        return await(fixture.registry.metadataBatch().edit(ORDERS, targets, edit, ALICE));
    }

    @Test
    void batch_putsAndRemovesKeysOfAllInstancesOfAKind() {
        fixture.register(Instance.ephemeral(FIRST).withMetadata(metadata("own", "1")));
        fixture.register(SECOND);
        fixture.register(Instance.of(SECOND, false));
        List<MetadataBatch.Target> all = fixture.registry.metadataBatch().all(ORDERS, true);

        MetadataBatch.Result put = edit(all, MetadataEdit.put(metadata("zone", "a")));

        assertThat(put.overlay()).isEqualTo(OverlayOutcome.WRITTEN);
        assertThat(put.updated())
                .extracting(MetadataBatch.Target::wireForm)
                .containsExactly("10.0.0.1:8080:unknown:DEFAULT:ephemeral", "10.0.0.2:8080:unknown:DEFAULT:ephemeral");
        assertThat(fixture.view(FIRST).shown().metadata())
                .isEqualTo(metadata("own", "1").with(metadata("zone", "a")));

        edit(all, MetadataEdit.remove(List.of("own", "zone")));
        assertThat(fixture.view(FIRST).shown().metadata()).isEqualTo(Metadata.EMPTY);

        fixture.register(Instance.ephemeral(FIRST).withMetadata(metadata("own", "1")));
        assertThat(fixture.view(FIRST).shown().metadata())
                .as("the operator's word on the key outlives the client's")
                .isEqualTo(Metadata.EMPTY);
    }

    @Test
    void batch_passesOverWhatItDoesNotFind() {
        fixture.register(FIRST);
        MetadataBatch.Target known = new MetadataBatch.Target(FIRST, true);

        MetadataBatch.Result result = edit(
                List.of(new MetadataBatch.Target(SECOND, true), known, new MetadataBatch.Target(FIRST, false)),
                MetadataEdit.put(metadata("zone", "a")));

        assertThat(result.updated()).containsExactly(known);
        assertThat(edit(List.of(), MetadataEdit.put(metadata("a", "b"))).updated())
                .isEmpty();
    }

    @Test
    void batch_ofMany_editsThemAll() {
        for (int i = 0; i < 200; i++) {
            fixture.register(new InstanceKey("10.0.1." + i, 80, "DEFAULT"));
        }

        MetadataBatch.Result result =
                edit(fixture.registry.metadataBatch().all(ORDERS, true), MetadataEdit.put(metadata("zone", "a")));

        assertThat(result.updated()).hasSize(200);
        assertThat(fixture.orders().instances())
                .allSatisfy(instance -> assertThat(instance.shown().metadata()).isEqualTo(metadata("zone", "a")));
    }

    @Test
    void batch_ofManyUnknownInstances_isAnswered() {
        MetadataBatch.Target unknown = new MetadataBatch.Target(FIRST, true);

        CompletionStage<MetadataBatch.Result> result = fixture.registry
                .metadataBatch()
                .edit(ORDERS, Collections.nCopies(50_000, unknown), MetadataEdit.put(metadata("zone", "a")), ALICE);

        assertThat(result.toCompletableFuture()).isDone();
        assertThat(await(result).updated()).isEmpty();
    }

    @Test
    void batch_inWhichAnEngineThrows_leavesOutThatInstanceOnly() {
        fixture.register(FIRST);
        fixture.register(SECOND);
        fixture.consistency.beforeNextApply(() -> {
            throw new IllegalStateException("broke");
        });

        CompletionStage<MetadataBatch.Result> result = fixture.registry
                .metadataBatch()
                .edit(
                        ORDERS,
                        List.of(new MetadataBatch.Target(FIRST, true), new MetadataBatch.Target(SECOND, true)),
                        MetadataEdit.put(metadata("zone", "a")),
                        ALICE);

        assertThat(result.toCompletableFuture()).isDone();
        assertThat(await(result).updated()).containsExactly(new MetadataBatch.Target(SECOND, true));
    }

    /** Each side is within the bounds alone; neither the client nor any reader can help what they come to together. */
    @Test
    void overlayAndClientTogetherBeyondTheBounds_areStillRegisteredAndShown() {
        fixture.register(FIRST);
        edit(List.of(new MetadataBatch.Target(FIRST, true)), MetadataEdit.put(entries("operator", 200)));

        fixture.register(Instance.ephemeral(FIRST).withMetadata(entries("client", 200)));

        assertThat(fixture.view(FIRST).shown().metadata().size()).isEqualTo(400);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);
        assertThat(fixture.orders().instances()).hasSize(1);
        assertThat(await(fixture.registry.registrations().beat(ORDERS, FIRST, Optional.empty(), ALICE))
                        .known())
                .isTrue();
        assertThat(edit(List.of(new MetadataBatch.Target(FIRST, true)), MetadataEdit.put(entries("more", 200)))
                        .updated())
                .as("what a request itself would store is bounded")
                .isEmpty();
    }

    private static Metadata entries(String prefix, int count) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            map.put(prefix + i, "");
        }
        return Metadata.of(map);
    }
}
