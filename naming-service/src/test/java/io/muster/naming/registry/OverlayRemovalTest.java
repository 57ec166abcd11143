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
import io.muster.consistency.Mode;
import io.muster.consistency.Renewal;
import io.muster.naming.model.Instance;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.WordStamp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Operators' words that are taken back, and the list of those that stand (X12). */
class OverlayRemovalTest extends EditedOrders {

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

    /** It may be stored where this member has not heard of it: what takes it back is stored, too. */
    @Test
    void removeOverlay_ofAPendingWord_restoresAtOnce_andIsPending() {
        fixture.register(FIRST);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));
        patch(WEIGHT_5);

        assertThat(remove()).isEqualTo(OverlayOutcome.PENDING);

        assertThat(shown()).isEqualTo(Instance.ephemeral(FIRST));
        assertThat(fixture.registry.index().pendingWordCount()).isOne();
        fixture.consistency.heal(Mode.PERSISTENT);
        fixture.pass(Duration.ofSeconds(5));
        assertThat(fixture.registry.index().pendingWordCount()).isZero();
        assertThat(overlay().isEmpty()).isTrue();
    }

    /** It was cut off since before the word was taken back, and nobody had stored it. */
    @Test
    void removeOverlay_ofAPendingWord_holds_whenAMemberComesBackWithIt() {
        fixture.register(FIRST);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));
        patch(WEIGHT_5);
        RegistryRecord before = fixture.consistency.value(ephemeralKey(FIRST));
        fixture.consistency.heal(Mode.PERSISTENT);
        assertThat(remove()).isEqualTo(OverlayOutcome.WRITTEN);
        await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE));

        fixture.consistency.arrives(ephemeralKey(FIRST), before);
        fixture.pass(Duration.ofSeconds(10));

        assertThat(shown()).isEqualTo(Instance.ephemeral(FIRST));
        assertThat(overlay().isEmpty()).isTrue();
    }

    /** Else it would be removed and written again each hour, as long as the client does not register anew. */
    @Test
    void removeOverlay_whoseWordTheRecordBears_isWrittenOnce() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        remove();
        fixture.leads(true);
        int applied = fixture.consistency.appliedCount();

        fixture.pass(Duration.ofHours(3));

        assertThat(overlay().isEmpty()).isTrue();
        assertThat(fixture.consistency.appliedCount()).isEqualTo(applied);
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

    @Test
    void removeOverlay_holds_whenTheServiceIsDeleted_andARecordWithTheWordComesAgain() {
        fixture.register(FIRST);
        patch(WEIGHT_5);
        Instance bearsTheWord = fixture.view(FIRST).registered();
        remove();
        await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE));
        await(fixture.registry.services().delete(ORDERS, ALICE));

        fixture.consistency.arrives(ephemeralKey(FIRST), bearsTheWord);

        assertThat(shown()).isEqualTo(Instance.ephemeral(FIRST));
        assertThat(fixture.registry.index().pendingWordCount()).isZero();
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
}
