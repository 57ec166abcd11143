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
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.WordStamp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** PUT and PATCH of instances, and the overlays that they leave (X12). */
class InstanceEditsTest extends EditedOrders {

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

    /** The record as this very edit leaves it: the answer was lost, and the next try met its own word. */
    private void takesEffectUnheard(Overlay word) {
        takesEffectUnheard(word, () -> {});
    }

    private void takesEffectUnheard(Overlay word, Runnable then) {
        fixture.consistency.beforeNextApply(() -> {
            Overlay said = word.saidAs(new WordStamp(fixture.nowMillis, fixture.nowMillis, "alice"));
            fixture.consistency.arrives(
                    ephemeralKey(FIRST), Instance.ephemeral(FIRST).withWord(Optional.of(said)));
            then.run();
        });
    }

    @Test
    void patch_thatMeetsItsOwnWord_isDone_andSaysNothingTwice() {
        fixture.register(FIRST);
        takesEffectUnheard(WEIGHT_5.toOverlay());

        CompletionStage<OverlayOutcome> patched = edits.patch(ORDERS, FIRST, WEIGHT_5, ALICE);
        fixture.runTimers();

        assertThat(await(patched)).isEqualTo(OverlayOutcome.WRITTEN);
        assertThat(((Overlay) fixture.consistency.value(overlayKey(FIRST)))
                        .said()
                        .number())
                .isEqualTo(fixture.nowMillis);
    }

    /** Two requests of one operator in one millisecond bear the same stamp. */
    @Test
    void patch_thatMeetsAnotherWordOfTheSameStamp_isSaidUponIt() {
        fixture.register(FIRST);
        takesEffectUnheard(
                new Overlay(Optional.empty(), Optional.of(false), Optional.empty(), false, WordStamp.NONE, 0));

        CompletionStage<OverlayOutcome> patched = edits.patch(ORDERS, FIRST, WEIGHT_5, ALICE);
        fixture.runTimers();

        assertThat(await(patched)).isEqualTo(OverlayOutcome.WRITTEN);
        assertThat(shown().weight()).isEqualTo(5);
        assertThat(shown().enabled()).isFalse();
    }

    /** Else the answer would be that nothing was said of the instance. */
    @Test
    void takingBack_thatMeetsItsOwnWord_isDone() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        fixture.nowMillis += 10;
        takesEffectUnheard(Overlay.reset());

        CompletionStage<OverlayOutcome> takenBack = edits.removeOverlay(ORDERS, FIRST, ALICE);
        fixture.runTimers();

        assertThat(await(takenBack)).isEqualTo(OverlayOutcome.WRITTEN);
        assertThat(shown().weight()).isEqualTo(1);
    }

    /** As if its client had left a moment later: what was said stays, for when the instance is back (X12). */
    @Test
    void patch_ofAnInstanceThatExpiresMeanwhile_isStored() {
        fixture.register(FIRST);
        fixture.consistency.beforeNextApply(() -> fixture.consistency.expire(ephemeralKey(FIRST)));

        CompletionStage<OverlayOutcome> patched = edits.patch(ORDERS, FIRST, WEIGHT_5, ALICE);
        fixture.runTimers();

        assertThat(await(patched)).isEqualTo(OverlayOutcome.WRITTEN);
        assertThat(overlay()).isEqualTo(WEIGHT_5.toOverlay());
        fixture.register(FIRST);
        assertThat(shown().weight()).isEqualTo(5);
    }

    @Test
    void metadata_ofAnInstanceThatIsDeregisteredMeanwhile_isStored_andCountsAsEdited() {
        fixture.register(FIRST);
        MetadataBatch.Target first = new MetadataBatch.Target(FIRST, true);
        fixture.consistency.beforeNextApply(
                () -> await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE)));

        CompletionStage<MetadataBatch.Result> edited = fixture.registry
                .metadataBatch()
                .edit(ORDERS, List.of(first), MetadataEdit.put(metadata("zone", "a")), ALICE);
        fixture.runTimers();

        assertThat(await(edited).updated()).containsExactly(first);
        fixture.register(FIRST);
        assertThat(shown().metadata()).isEqualTo(metadata("zone", "a"));
    }

    /** What another operator has stored meanwhile is the ground for it, and must not hide it. */
    @Test
    void patch_ofAnInstanceThatGoesAfterAnotherOperatorsEdit_isLaidOnThat() {
        fixture.register(FIRST);
        fixture.consistency.beforeNextApply(() -> {
            Overlay elsewhere =
                    DISABLE.toOverlay().saidAs(new WordStamp(fixture.nowMillis + 50, fixture.nowMillis, "bob"));
            fixture.consistency.arrives(overlayKey(FIRST), elsewhere);
            fixture.consistency.expire(ephemeralKey(FIRST));
        });

        CompletionStage<OverlayOutcome> patched = edits.patch(ORDERS, FIRST, WEIGHT_5, ALICE);
        fixture.runTimers();

        assertThat(await(patched)).isEqualTo(OverlayOutcome.WRITTEN);
        assertThat(overlay()).isEqualTo(new Overlay(Optional.of(5.0), Optional.of(false), Optional.empty()));
    }

    @Test
    void takingBack_fromAnInstanceThatGoesMeanwhile_isDone() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        fixture.nowMillis += 10;
        fixture.consistency.beforeNextApply(() -> fixture.consistency.expire(ephemeralKey(FIRST)));

        CompletionStage<OverlayOutcome> takenBack = edits.removeOverlay(ORDERS, FIRST, ALICE);
        fixture.runTimers();

        assertThat(await(takenBack)).isEqualTo(OverlayOutcome.WRITTEN);
        fixture.register(FIRST);
        assertThat(shown().weight()).isEqualTo(1);
    }

    /** It took effect before the instance went, and this node has heard so: it is stored later, as any that was said without a leader. */
    @Test
    void patch_ofAnInstanceThatGoesMeanwhile_isPending_whereItWasHeardOf() {
        fixture.register(FIRST);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));
        takesEffectUnheard(WEIGHT_5.toOverlay(), () -> fixture.consistency.expire(ephemeralKey(FIRST)));

        CompletionStage<OverlayOutcome> patched = edits.patch(ORDERS, FIRST, WEIGHT_5, ALICE);
        fixture.runTimers();

        assertThat(await(patched)).isEqualTo(OverlayOutcome.PENDING);
        fixture.consistency.heal(Mode.PERSISTENT);
        fixture.pass(Duration.ofMillis(3 * PendingWords.EVERY_MILLIS));
        assertThat(overlay()).isEqualTo(WEIGHT_5.toOverlay());
    }

    /** Nothing bears the word that this node knows of, and nothing takes it; others may have heard of it, and keep it over the instance's absence. */
    @Test
    void patch_ofAnInstanceThatGoesMeanwhile_withoutALeader_isNotKnownToBeRefused() {
        fixture.register(FIRST);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));
        fixture.consistency.beforeNextApply(() -> fixture.consistency.expire(ephemeralKey(FIRST)));

        CompletionStage<OverlayOutcome> patched = edits.patch(ORDERS, FIRST, WEIGHT_5, ALICE);
        fixture.runTimers();

        assertThatExceptionOfType(ConsistencyException.OutcomeUnknown.class)
                .isThrownBy(() -> await(patched))
                .withMessageContaining("10.0.0.1:8080")
                .withMessageContaining("no leader");
    }

    /** A removal that was later by the clocks: the edit counts as carried out, and no record ever bore the word. Nobody could store it later. */
    @Test
    void patch_thatARemovalOvertakes_isStored_andNeverCalledPending() {
        fixture.register(FIRST);
        fixture.consistency.supersedeNextApply();
        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.WRITTEN);

        fixture.register(SECOND);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));
        fixture.consistency.supersedeNextApply();
        assertThatExceptionOfType(ConsistencyException.OutcomeUnknown.class)
                .isThrownBy(() -> await(edits.patch(ORDERS, SECOND, WEIGHT_5, ALICE)))
                .withMessageContaining("10.0.0.2:8080");
    }

    /** Of what no overlay keeps nothing is left to be done or known. */
    @Test
    void patchOfHealth_ofAnInstanceThatGoesMeanwhile_isNotFound_byName() {
        fixture.register(FIRST);
        fixture.consistency.beforeNextApply(() -> fixture.consistency.expire(ephemeralKey(FIRST)));

        CompletionStage<OverlayOutcome> patched = edits.patch(ORDERS, FIRST, healthy(false), ALICE);
        fixture.runTimers();

        assertThatExceptionOfType(RegistryException.NotFound.class)
                .isThrownBy(() -> await(patched))
                .withMessageContaining("10.0.0.1:8080");
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

    /** While the persistent engine can't be read a word is as good as without a leader. */
    @Test
    void patch_whileOverlaysCanNotBeRead_isPending() {
        fixture.register(FIRST);
        fixture.consistency.failReads(Mode.PERSISTENT, new ConsistencyException.NotReady("reads stopped"));

        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.PENDING);
        assertThat(shown().weight()).isEqualTo(5);
    }
}
