package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static io.muster.naming.registry.RegistryFixture.overlayKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Mode;
import io.muster.naming.model.Instance;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.WordStamp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A word carries those that are not stored yet, each with its own number: what was stored between two of them, where their member did not hear of it, stands
 * against the earlier one and gives way to the later (X12, decision 0034).
 */
class WordsUponWordsTest extends EditedOrders {

    private static final Duration TWO_ROUNDS = Duration.ofMillis(2 * PendingWords.EVERY_MILLIS + 100);

    /** The member of these tests is cut off from its leader. */
    @BeforeEach
    void isCutOff() {
        fixture.register(FIRST);
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader"));
    }

    /** What another member stored meanwhile arrives here, and what was said here is stored. */
    private void isBackAndHearsOf(Overlay stored) {
        fixture.consistency.heal(Mode.PERSISTENT);
        fixture.consistency.arrives(overlayKey(FIRST), stored);
        fixture.pass(TWO_ROUNDS);
        assertThat(fixture.registry.index().pendingWordCount()).isZero();
    }

    /** Something is said elsewhere, between what was said here before and what is said here next. */
    private Overlay saidElsewhere(Overlay word) {
        fixture.nowMillis += 10;
        Overlay said = word.saidAs(new WordStamp(fixture.nowMillis, fixture.nowMillis, "bob"))
                .stored();
        fixture.nowMillis += 10;
        return said;
    }

    private static Overlay ofWeight(double weight) {
        return new Overlay(Optional.of(weight), Optional.empty(), Optional.empty());
    }

    @Test
    void earlierWord_givesWayToWhatWasStoredSince_andTheLaterOneIsLaidOnThat() {
        patch(weight(5));
        Overlay elsewhere = saidElsewhere(ofWeight(7));
        patch(DISABLE);
        assertThat(shown().weight()).as("as long as nobody here knows better").isEqualTo(5);

        isBackAndHearsOf(elsewhere);

        assertThat(shown().weight()).isEqualTo(7);
        assertThat(shown().enabled()).isFalse();
        assertThat(overlay()).isEqualTo(new Overlay(Optional.of(7.0), Optional.of(false), Optional.empty()));
    }

    /** Readers do not see it come back for a moment, either. */
    @Test
    void earlierWord_isNotShownOverWhatWasStoredSince_whileTheLaterOnePends() {
        patch(weight(5));
        Overlay elsewhere = saidElsewhere(ofWeight(7));
        patch(DISABLE);

        fixture.consistency.arrives(overlayKey(FIRST), elsewhere);

        assertThat(shown().weight()).isEqualTo(7);
        assertThat(shown().enabled()).isFalse();
        assertThat(fixture.view(FIRST).pendingOverlay().orElseThrow().weight()).isEmpty();
    }

    @Test
    void whatWasTakenBackElsewhere_doesNotComeBackWithALaterWord() {
        patch(weight(5));
        Overlay elsewhere = saidElsewhere(Overlay.reset());
        patch(DISABLE);

        isBackAndHearsOf(elsewhere);

        assertThat(shown().weight()).isEqualTo(1);
        assertThat(shown().enabled()).isFalse();
    }

    @Test
    void takingBack_leavesWhatWasSaidElsewhereSince_alsoWhenMoreIsSaid() {
        patch(weight(5));
        await(edits.removeOverlay(ORDERS, FIRST, ALICE));
        Overlay elsewhere = saidElsewhere(ofWeight(7));
        patch(DISABLE);

        isBackAndHearsOf(elsewhere);

        assertThat(shown().weight()).isEqualTo(7);
        assertThat(shown().enabled()).isFalse();
    }

    @Test
    void keysOfMetadata_giveWayOneByOne() {
        editMetadata("zone", "a");
        Overlay elsewhere = saidElsewhere(Overlay.ofMetadata(MetadataEdit.remove(List.of("zone"))));
        editMetadata("site", "b");

        isBackAndHearsOf(elsewhere);

        assertThat(shown().metadata()).isEqualTo(metadata("site", "b"));
    }

    private void editMetadata(String key, String value) {
        edit(List.of(new MetadataBatch.Target(FIRST, true)), MetadataEdit.put(metadata(key, value)));
    }

    @Test
    void whereNothingElseWasStored_allIsStored() {
        patch(weight(5));
        patch(DISABLE);
        editMetadata("zone", "a");
        fixture.register(Instance.ephemeral(FIRST).withWeight(3));

        fixture.consistency.heal(Mode.PERSISTENT);
        fixture.pass(TWO_ROUNDS);

        assertThat(overlay())
                .isEqualTo(new Overlay(
                        Optional.of(5.0), Optional.of(false), Optional.of(MetadataEdit.put(metadata("zone", "a")))));
    }

    /** Nobody reads such a word before the third format is in force: then all is said anew, as it was before. */
    @Test
    void belowTheThirdFormat_aWordCarriesNoOther() {
        fixture.formatInForce = FormatInForce.SECOND;
        patch(weight(5));
        patch(DISABLE);

        assertThat(word().upon()).isEmpty();
        assertThat(word().weight()).contains(5.0);
    }

    /** What was said anew before the switch is one word after it: it keeps the one number that it was said with. */
    @Test
    void whatPendsWhenTheThirdFormatComesInForce_isCarriedAsTheOneWordThatItIs() {
        fixture.formatInForce = FormatInForce.SECOND;
        patch(weight(5));
        patch(DISABLE);
        Overlay before = word();
        fixture.formatInForce = FormatInForce.THIRD;
        Overlay elsewhere = saidElsewhere(ofWeight(7));
        editMetadata("zone", "a");
        assertThat(word().upon()).contains(before);

        isBackAndHearsOf(elsewhere);

        assertThat(overlay())
                .isEqualTo(new Overlay(
                        Optional.of(7.0), Optional.empty(), Optional.of(MetadataEdit.put(metadata("zone", "a")))));
    }

    /** A member may hear of the switch later than of the first word that it made possible: that word proves it. */
    @Test
    void memberThatHasYetToHearOfTheSwitch_keepsTheNumbersOfAWordThatCarriesAnother() {
        patch(weight(5));
        patch(DISABLE);
        fixture.formatInForce = FormatInForce.SECOND;
        editMetadata("zone", "a");

        assertThat(word().upon().flatMap(Overlay::upon)).isPresent();
        assertThat(shown().weight()).isEqualTo(5);
    }

    private Overlay word() {
        return ((Instance) fixture.consistency.value(ephemeralKey(FIRST)))
                .word()
                .orElseThrow();
    }
}
