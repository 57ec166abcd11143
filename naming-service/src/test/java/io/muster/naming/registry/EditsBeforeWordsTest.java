package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static io.muster.naming.registry.RegistryFixture.overlayKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Mode;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Instance;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.WordStamp;
import io.muster.naming.wire.RegistryRecordCodec;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** R32: while a member reads the first format alone, operators' edits leave nothing that it can't read. */
class EditsBeforeWordsTest extends EditedOrders {

    /** The flags of an instance, and of an overlay, behind which there is what came with the second format. */
    private static final int HAS_WORD = 32;

    private static final int STAMPED_RESETS_OR_ABSENT = 8 | 16 | 32;

    @BeforeEach
    void oneMemberHoldsTheSecondFormatBack() {
        fixture.formatInForce = FormatInForce.FIRST;
        fixture.register(FIRST);
    }

    private void assertReadable() {
        assertThat(flags(fixture.consistency.value(ephemeralKey(FIRST))) & HAS_WORD)
                .isZero();
        assertThat(flags(fixture.consistency.value(overlayKey(FIRST))) & STAMPED_RESETS_OR_ABSENT)
                .isZero();
    }

    private static int flags(RegistryRecord record) {
        return new RegistryRecordCodec().encode(record)[2];
    }

    @Test
    void patch_changesTheRecord_andStoresAnOverlayWithoutANumber() {
        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.WRITTEN);

        assertThat(registered().weight()).isEqualTo(5);
        assertThat(((Overlay) fixture.consistency.value(overlayKey(FIRST))).said())
                .isEqualTo(WordStamp.NONE);
        assertReadable();
        fixture.register(Instance.ephemeral(FIRST).withWeight(8));
        assertThat(shown().weight()).isEqualTo(5);
    }

    /** Who has lost its data, and finds no majority, does not know which format is in force: what others have said tells. */
    @Test
    void patch_ofAnInstanceOfWhichAWordWasSaid_isAWordAsWell() {
        fixture.formatInForce = FormatInForce.SECOND;
        patch(WEIGHT_5);
        fixture.formatInForce = FormatInForce.FIRST;

        assertThat(patch(DISABLE)).isEqualTo(OverlayOutcome.WRITTEN);

        assertThat(shown().enabled()).isFalse();
        assertThat(shown().weight()).isEqualTo(5);
        assertThat(registered().enabled()).as("as its client registered it").isTrue();
    }

    @Test
    void twoEdits_areMergedFieldByField() {
        patch(WEIGHT_5);
        patch(DISABLE);
        fixture.register(FIRST);

        assertThat(shown().weight()).isEqualTo(5);
        assertThat(shown().enabled()).isFalse();
        assertReadable();
    }

    @Test
    void metadataOfABatch_isEditedLikewise() {
        await(fixture.registry
                .edits()
                .editMetadata(ORDERS, FIRST, true, MetadataEdit.put(metadata("zone", "a")), ALICE));

        assertThat(registered().metadata()).isEqualTo(metadata("zone", "a"));
        assertReadable();
    }

    /** Nobody would store it later, and so nobody says that it is. */
    @Test
    void withoutALeader_theEditStandsInTheRecord_andIsToldAsNotStored() {
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));

        assertThat(patch(WEIGHT_5)).isEqualTo(OverlayOutcome.NOT_STORED);

        assertThat(shown().weight()).isEqualTo(5);
        assertThat(fixture.consistency.get(overlayKey(FIRST))).isEmpty();
    }

    @Test
    void removedOverlay_isGone() {
        patch(WEIGHT_5);

        await(fixture.registry.edits().removeOverlay(ORDERS, FIRST, ALICE));

        assertThat(fixture.consistency.get(overlayKey(FIRST))).isEmpty();
        fixture.register(FIRST);
        assertThat(shown().weight()).isEqualTo(1);
    }

    /** What was said before the switch counts after it, and what is said then is later. */
    @Test
    void afterTheSwitch_wordsHaveNumbers_andLieOnWhatStood() {
        patch(WEIGHT_5);
        fixture.formatInForce = FormatInForce.SECOND;

        assertThat(patch(DISABLE)).isEqualTo(OverlayOutcome.WRITTEN);

        Overlay stored = (Overlay) fixture.consistency.value(overlayKey(FIRST));
        assertThat(stored.weight()).contains(5.0);
        assertThat(stored.enabled()).contains(false);
        assertThat(stored.said().number()).isPositive();
    }

    @Test
    void checkerThatNotAllMembersRead_isRefused_namingWhoHoldsItBack() {
        HealthChecker several = new HealthChecker.Http("/health", "", 200, "200-299");
        HealthChecker one = new HealthChecker.Http("/health", "", 200);

        assertThatThrownBy(() -> await(put(several)))
                .hasMessageContaining(
                        "needs format 2 of all members; in force is 1; announced less: n3 (127.0.0.1:8848)"
                                + " announces 1");
        await(put(one));
        fixture.formatInForce = FormatInForce.SECOND;
        await(put(several));
    }

    private CompletionStage<Void> put(HealthChecker checker) {
        return fixture.registry
                .services()
                .putCluster(ORDERS, "DEFAULT", new ClusterDefinition(checker, 80, true, Metadata.EMPTY), ALICE);
    }
}
