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
import io.muster.consistency.Renewal;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.WordStamp;
import java.time.Duration;
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

    /** The fields of what is stored. */
    private Overlay overlay() {
        return ((Overlay) fixture.consistency.value(overlayKey(FIRST))).saidAs(WordStamp.NONE);
    }

    /** What the client registered, whatever operators said of it. */
    private Instance registered() {
        return fixture.view(FIRST).registered().withWord(Optional.empty());
    }

    private Instance shown() {
        return fixture.view(FIRST).shown().withWord(Optional.empty());
    }

    private OverlayOutcome patch(InstancePatch patch) {
        return await(edits.patch(ORDERS, FIRST, patch, ALICE));
    }

    // --- PATCH

    @Test
    void patch_writesAnOverlayOfExactlyTheFieldsSent_andLeavesTheClientsValues() {
        Instance client = Instance.ephemeral(FIRST).withMetadata(metadata("a", "b"));
        fixture.register(client);

        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.WRITTEN);

        assertThat(shown()).isEqualTo(client.withWeight(5));
        assertThat(registered()).isEqualTo(client);
        assertThat(overlay()).isEqualTo(new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty()));
        WordStamp said = ((Overlay) fixture.consistency.value(overlayKey(FIRST))).said();
        assertThat(said.by()).isEqualTo("alice");
        assertThat(said.wallMillis()).isEqualTo(fixture.nowMillis);
    }

    /** Readers see it before the persistent engine has anything: the record carries it. */
    @Test
    void patch_isShownAtOnce_byTheRecordAlone() {
        fixture.register(FIRST);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));

        patch(WEIGHT_5);

        assertThat(fixture.consistency.get(overlayKey(FIRST))).isEmpty();
        assertThat(shown().weight()).isEqualTo(5);
    }

    /** X12: the operator's word survives the client's reconnect. */
    @Test
    void patch_survivesReRegistration_andYieldsInAllElse() {
        fixture.register(FIRST);
        patch(DISABLE);

        fixture.register(Instance.ephemeral(FIRST).withWeight(8).withMetadata(metadata("new", "1")));

        assertThat(shown())
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
        assertThat(shown())
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
        assertThat(fixture.view(FIRST).pendingOverlay()).isPresent();
    }

    /** R45: who edits a dead instance over and over must not keep it listed; the engine holds its session apart. */
    @Test
    void patch_keepsTheSession() {
        fixture.register(FIRST);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);

        patch(WEIGHT_5);
        patch(healthy(true));

        assertThat(fixture.view(FIRST).mark()).isEqualTo(Mark.UNHEALTHY);
        assertThat(fixture.view(FIRST).healthy()).isFalse();
    }

    /** An operator's word on the timeouts holds for the session at once, and on the beat interval for its client. */
    @Test
    void patch_ofHeartbeatMetadata_changesLeaseAndInterval() {
        fixture.register(FIRST);

        patch(new InstancePatch(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Metadata.of(
                        Map.of(HeartbeatSettings.UNHEALTHY_KEY, "40000", HeartbeatSettings.INTERVAL_KEY, "2000"))),
                Optional.empty()));

        assertThat(fixture.consistency.lease(ephemeralKey(FIRST)).unhealthyAfterMillis())
                .isEqualTo(40_000);
        assertThat(await(fixture.registry.registrations().beat(ORDERS, FIRST, Optional.empty(), ALICE))
                        .intervalMillis())
                .isEqualTo(2_000);
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
    void update_ofAnEphemeralInstance_saysOnlyTheFieldsSent() {
        Instance client = Instance.ephemeral(FIRST).withWeight(3).withMetadata(metadata("a", "b"));
        fixture.register(client);

        assertThat(update(DISABLE, true)).isEqualTo(OverlayOutcome.WRITTEN);

        assertThat(shown()).isEqualTo(client.withEnabled(false));
        assertThat(registered()).isEqualTo(client);
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

    private OverlayOutcome remove() {
        return await(edits.removeOverlay(ORDERS, FIRST, ALICE));
    }

    @Test
    void removeOverlay_restoresWhatTheClientRegistered_atOnce() {
        Instance client = Instance.ephemeral(FIRST).withWeight(3).withMetadata(metadata("a", "b"));
        fixture.register(client);
        patch(WEIGHT_5);
        update(DISABLE, true);
        edit(List.of(new MetadataBatch.Target(FIRST, true)), MetadataEdit.remove(List.of("a")));

        assertThat(remove()).isEqualTo(OverlayOutcome.WRITTEN);

        assertThat(shown()).isEqualTo(client);
        assertThat(overlay().isEmpty()).isTrue();
        assertThat(fixture.registry.index().overlays(ORDERS)).isEmpty();
        assertThatExceptionOfType(RegistryException.NotFound.class).isThrownBy(this::remove);
        fixture.register(client.withWeight(4));
        assertThat(shown()).isEqualTo(client.withWeight(4));
    }

    @Test
    void removeOverlay_thenAnotherWord_bringsNothingBack() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        remove();

        patch(DISABLE);

        assertThat(shown()).isEqualTo(Instance.ephemeral(FIRST).withEnabled(false));
        assertThat(overlay()).isEqualTo(new Overlay(Optional.empty(), Optional.of(false), Optional.empty()));
    }

    /** Without a leader it is taken back all the same, and the stored overlay is removed later. */
    @Test
    void removeOverlay_withoutLeader_restoresAtOnce_andIsPending() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));

        assertThat(remove()).isEqualTo(OverlayOutcome.PENDING);
        assertThat(shown()).isEqualTo(Instance.ephemeral(FIRST));
        fixture.register(Instance.ephemeral(FIRST).withWeight(2));
        assertThat(shown().weight()).as("a registration brings it not back").isEqualTo(2);

        fixture.consistency.heal(Mode.PERSISTENT);
        fixture.pass(Duration.ofSeconds(5));
        assertThat(overlay().isEmpty()).isTrue();
        assertThat(shown().weight()).isEqualTo(2);
    }

    /** A word that was never stored is taken back without the persistent engine. */
    @Test
    void removeOverlay_ofAPendingWord_needsNoLeader() {
        fixture.register(FIRST);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));
        patch(WEIGHT_5);

        assertThat(remove()).isEqualTo(OverlayOutcome.WRITTEN);

        assertThat(shown()).isEqualTo(Instance.ephemeral(FIRST));
        assertThat(fixture.registry.index().pendingWordCount()).isZero();
    }

    @Test
    void removeOverlay_ofAnAbsentInstance_removesWhatIsStored() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        fixture.consistency.expire(ephemeralKey(FIRST));

        remove();
        fixture.register(FIRST);

        assertThat(shown()).isEqualTo(Instance.ephemeral(FIRST));
        assertThatExceptionOfType(RegistryException.NotFound.class).isThrownBy(this::remove);
    }

    /** The engine keeps a record for a while after it has expired, and its word with it. */
    @Test
    void removeOverlay_ofAnInstanceThatHasExpired_holdsWhenALateBeatRevivesIt() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        fixture.consistency.expire(ephemeralKey(FIRST));
        remove();

        assertThat(fixture.consistency.renew(ephemeralKey(FIRST))).isEqualTo(Renewal.RENEWED);
        fixture.pass(Duration.ofSeconds(10));

        assertThat(fixture.view(FIRST).registered().word())
                .as("the record bears it")
                .isPresent();
        assertThat(shown().weight()).isEqualTo(1);
        assertThat(overlay().isEmpty()).isTrue();
        assertThat(fixture.registry.index().pendingWordCount()).isZero();
    }

    /** Beyond a cut the record still bears the word, and is the later one there. */
    @Test
    void removeOverlay_holds_whenARecordWithTheWordComesFromBeyondACut() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        RegistryRecord before = fixture.consistency.value(ephemeralKey(FIRST));
        remove();

        fixture.consistency.arrives(ephemeralKey(FIRST), before);
        fixture.pass(Duration.ofSeconds(10));

        assertThat(shown().weight()).isEqualTo(1);
        assertThat(fixture.registry.index().overlays(ORDERS)).isEmpty();
    }

    /** Of an operator who says something at the same moment: what is left must be later than that. */
    @Test
    void removeOverlay_ofAnAbsentInstance_isLaterThanWhatIsStoredMeanwhile() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        fixture.consistency.expire(ephemeralKey(FIRST));
        long meanwhile = fixture.nowMillis + 1_000;
        fixture.consistency.beforeNextApply(() -> fixture.consistency.arrives(
                overlayKey(FIRST),
                new Overlay(Optional.of(7.0), Optional.empty(), Optional.empty())
                        .saidAs(new WordStamp(meanwhile, meanwhile, "bob"))));

        remove();

        Overlay left = (Overlay) fixture.consistency.value(overlayKey(FIRST));
        assertThat(left.isEmpty()).isTrue();
        assertThat(left.said().number()).isGreaterThan(meanwhile);
    }

    /** While the persistent engine can't be read a word is as good as without a leader. */
    @Test
    void patch_whileOverlaysCanNotBeRead_isPending() {
        fixture.register(FIRST);
        fixture.consistency.failReads(Mode.PERSISTENT, new ConsistencyException.NotReady("reads stopped"));

        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.PENDING);
        assertThat(shown().weight()).isEqualTo(5);
    }

    /** Other nodes know the word, too, and the responsible one would store it. */
    @Test
    void removeOverlay_ofAnAbsentInstanceWithAPendingWord_isLaterThanTheWord() {
        fixture.register(FIRST);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));
        patch(WEIGHT_5);
        Overlay word = fixture.view(FIRST).registered().word().orElseThrow();
        fixture.consistency.expire(ephemeralKey(FIRST));
        assertThatExceptionOfType(ConsistencyException.NoLeader.class).isThrownBy(this::remove);
        fixture.consistency.heal(Mode.PERSISTENT);

        remove();
        await(new Overlays(new ConditionalWrites(fixture.consistency, (delay, task) -> {}))
                .write(ephemeralKey(FIRST), word));
        fixture.register(FIRST);

        assertThat(shown()).isEqualTo(Instance.ephemeral(FIRST));
        assertThat(fixture.registry.index().overlays(ORDERS)).isEmpty();
    }

    // --- the list of them

    @Test
    void overlays_areListed_storedAndPending_ofGoneInstancesToo() {
        fixture.register(FIRST);
        fixture.register(SECOND);
        patch(WEIGHT_5);
        fixture.consistency.expire(ephemeralKey(FIRST));
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));
        await(edits.patch(ORDERS, SECOND, DISABLE, ALICE));

        List<OverlayView> all = fixture.registry.index().overlays(ORDERS);

        assertThat(all).extracting(OverlayView::instance).containsExactly(FIRST, SECOND);
        assertThat(all).extracting(OverlayView::registered).containsExactly(false, true);
        assertThat(all.get(0).stored().orElseThrow().weight()).contains(5.0);
        assertThat(all.get(0).pending()).isEmpty();
        assertThat(all.get(1).stored()).isEmpty();
        assertThat(all.get(1).pending().orElseThrow().enabled()).contains(false);
        assertThat(fixture.registry.index().overlays("public")).isEqualTo(all);
        assertThat(fixture.registry.index().overlays("dev")).isEmpty();
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
